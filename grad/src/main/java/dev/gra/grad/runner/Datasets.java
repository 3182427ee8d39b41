package dev.gra.grad.runner;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** All datasets of a runner; the first is what plain programs get without naming one. */
public record Datasets(List<Dataset> all) {
  public static final Datasets NONE = new Datasets(List.of());

  private static final int MAX_COUNT = 8;

  public Datasets {
    all = List.copyOf(all);
    if (all.size() > MAX_COUNT) {
      throw new InvalidFieldException("spec.datasets", "at most " + MAX_COUNT);
    }
    if (all.stream().map(Dataset::name).distinct().count() < all.size()) {
      throw new InvalidFieldException("spec.datasets.name", "two datasets have one name");
    }
    requireApart(mounts(all));
  }

  private static List<DatasetMount> mounts(List<Dataset> all) {
    return all.stream().flatMap(dataset -> dataset.mount().stream()).toList();
  }

  private static void requireApart(List<DatasetMount> mounts) {
    if (mounts.stream().map(DatasetMount::path).distinct().count() < mounts.size()) {
      throw new InvalidFieldException("spec.datasets.mount", "two datasets have one place");
    }
    for (var mount : mounts) {
      if (mounts.stream().anyMatch(mount::within)) {
        throw new InvalidFieldException(
            "spec.datasets.mount", mount.path() + " is within another dataset");
      }
    }
  }

  /** Those that are mounted. */
  public List<Dataset> mounted() {
    return all.stream().filter(dataset -> dataset.mount().isPresent()).toList();
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** The value that all of them have; empty if there are none, or they differ. */
  <T> Optional<T> common(Function<Dataset, T> of) {
    var values = all.stream().map(of).distinct().toList();
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }
}
