package dev.gra.grad.api;

import dev.gra.grad.runner.DatasetMount;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.v1.Dataset;
import java.util.List;
import java.util.Optional;

/** Datasets as the API says them, and back. */
final class DatasetMessages {
  private DatasetMessages() {}

  /** What is asked for; empty if nothing is. */
  static Optional<Datasets> request(List<Dataset> asked) {
    return asked.isEmpty()
        ? Optional.empty()
        : Optional.of(new Datasets(asked.stream().map(DatasetMessages::dataset).toList()));
  }

  private static dev.gra.grad.runner.Dataset dataset(Dataset asked) {
    return new dev.gra.grad.runner.Dataset(
        asked.getName(),
        asked.getBucket(),
        asked.getPrefix(),
        asked.getRegion().isEmpty()
            ? dev.gra.grad.runner.Dataset.DEFAULT_REGION
            : asked.getRegion(),
        given(asked.getEndpoint()),
        given(asked.getSecret()),
        mount(asked));
  }

  private static Optional<DatasetMount> mount(Dataset asked) {
    if (asked.getMount().isEmpty() && asked.getWritable()) {
      throw new InvalidFieldException(
          "spec.datasets.writable", "of " + asked.getName() + ": wants a mount");
    }
    return given(asked.getMount()).map(path -> new DatasetMount(path, asked.getWritable()));
  }

  private static Optional<String> given(String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  static List<Dataset> all(Datasets datasets) {
    return datasets.all().stream().map(DatasetMessages::message).toList();
  }

  private static Dataset message(dev.gra.grad.runner.Dataset dataset) {
    return Dataset.newBuilder()
        .setName(dataset.name())
        .setBucket(dataset.bucket())
        .setPrefix(dataset.prefix())
        .setRegion(dataset.region())
        .setEndpoint(dataset.endpoint().orElse(""))
        .setSecret(dataset.secret().orElse(""))
        .setMount(dataset.mount().map(DatasetMount::path).orElse(""))
        .setWritable(dataset.mount().map(DatasetMount::writable).orElse(false))
        .build();
  }
}
