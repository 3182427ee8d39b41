package dev.gra.grad.runner;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Datasets as lists and maps of texts, in which runtimes write them down. */
public final class DatasetFields {
  private DatasetFields() {}

  public static List<Map<String, String>> of(Datasets datasets) {
    return datasets.all().stream().map(DatasetFields::fields).toList();
  }

  private static Map<String, String> fields(Dataset dataset) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", dataset.name());
    fields.put("bucket", dataset.bucket());
    fields.put("prefix", dataset.prefix());
    fields.put("region", dataset.region());
    dataset.endpoint().ifPresent(endpoint -> fields.put("endpoint", endpoint));
    dataset.secret().ifPresent(secret -> fields.put("secret", secret));
    dataset
        .mount()
        .ifPresent(
            mount -> {
              fields.put("mount", mount.path());
              fields.put("writable", Boolean.toString(mount.writable()));
            });
    return fields;
  }

  /**
   * What {@link #of} made.
   *
   * @param fields null: none, as runners have that are older than datasets
   * @throws IllegalArgumentException if they are something else
   */
  public static Datasets parse(Object fields) {
    return switch (fields) {
      case null -> Datasets.NONE;
      case List<?> list -> new Datasets(list.stream().map(DatasetFields::dataset).toList());
      default -> throw new IllegalArgumentException("no list of datasets");
    };
  }

  private static Dataset dataset(Object fields) {
    if (!(fields instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("no dataset");
    }
    return new Dataset(
        text(map, "name").orElse(""),
        text(map, "bucket").orElse(""),
        text(map, "prefix").orElse(""),
        text(map, "region").orElse(""),
        text(map, "endpoint"),
        text(map, "secret"),
        text(map, "mount").map(path -> new DatasetMount(path, "true".equals(map.get("writable")))));
  }

  private static Optional<String> text(Map<?, ?> map, String key) {
    return Optional.ofNullable((String) map.get(key));
  }
}
