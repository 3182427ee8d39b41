package dev.gra.grad.local;

import dev.gra.grad.runner.DatasetEnvironment;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** {@code GRA_HOME/secrets}: files of lines ENTRY=VALUE, for their owner's eyes only. */
record Secrets(Path directory) {
  private static final long MAX_BYTES = 64 << 10;
  private static final int OTHERS = 0077;

  static Secrets of(Path home) {
    return new Secrets(home.resolve("secrets"));
  }

  /**
   * All variables that the datasets want of secrets.
   *
   * @throws dev.gra.grad.runner.RunnerException Unsupported, with the fix: a secret isn't there, or
   *     others can read it, or it lacks an entry
   */
  Map<String, String> variables(Datasets datasets) {
    var variables = new TreeMap<String, String>();
    for (var wanted : new DatasetEnvironment(datasets, "").secrets()) {
      var value = entries(wanted.secret()).getOrDefault(wanted.entry(), "");
      if (!value.isEmpty()) {
        variables.put(wanted.variable(), value);
      } else if (wanted.required()) {
        throw unusable(wanted.secret(), "it has no " + wanted.entry(), null);
      }
    }
    return variables;
  }

  private Map<String, String> entries(String secret) {
    var file = directory.resolve(secret);
    try {
      if (((Integer) Files.getAttribute(file, "unix:mode") & OTHERS) != 0) {
        throw unusable(secret, "others than its owner can read it", null);
      }
      if (Files.size(file) > MAX_BYTES) {
        throw unusable(secret, "it has more than " + MAX_BYTES + " bytes", null);
      }
      var entries = new TreeMap<String, String>();
      for (var line : Files.readAllLines(file)) {
        var equals = line.indexOf('=');
        if (equals > 0 && !line.startsWith("#")) {
          entries.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
        }
      }
      return entries;
    } catch (NoSuchFileException e) {
      throw unusable(secret, "there is no " + file, e);
    } catch (IOException e) {
      throw unusable(secret, file + " can't be read: " + e.getClass().getSimpleName(), e);
    }
  }

  private RuntimeException unusable(String secret, String why, Throwable cause) {
    return new Unsupported(
            "secret " + secret + " of a dataset can't be used: " + why,
            "(umask 077; mkdir -p %s; cat >%s), with lines %s=... and %s=..."
                .formatted(
                    directory,
                    directory.resolve(secret),
                    DatasetEnvironment.KEY_ID,
                    DatasetEnvironment.KEY))
        .exception(cause);
  }
}
