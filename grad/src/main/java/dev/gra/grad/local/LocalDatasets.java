package dev.gra.grad.local;

import dev.gra.grad.runner.DatasetEnvironment;
import dev.gra.grad.runner.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;

/** A runner's datasets on this machine. */
final class LocalDatasets {
  private LocalDatasets() {}

  /**
   * Writes the files of the datasets.
   *
   * @param seenAs where commands see {@link RunnerDirectory#aws}
   * @return variables of the commands
   * @throws dev.gra.grad.runner.RunnerException Unsupported, if a secret can't be used
   */
  static Map<String, String> prepare(
      Datasets datasets, RunnerDirectory directory, String seenAs, Secrets secrets)
      throws IOException {
    if (datasets.isEmpty()) {
      return Map.of();
    }
    var environment = new DatasetEnvironment(datasets, seenAs);
    OwnerOnly.make(directory.aws());
    for (var file : environment.files().entrySet()) {
      Files.writeString(directory.aws().resolve(file.getKey()), file.getValue());
    }
    var variables = new TreeMap<>(environment.variables());
    variables.putAll(secrets.variables(datasets));
    return variables;
  }
}
