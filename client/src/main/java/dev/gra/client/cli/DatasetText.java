package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.config.Key;
import dev.gra.client.config.Settings;
import dev.gra.v1.Dataset;
import dev.gra.v1.Runner;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Datasets as people write them: {@code
 * NAME=s3://BUCKET[/PREFIX][,region=R][,endpoint=URL][,secret=NAME][,mount=PATH[,writable=true]]}.
 */
public final class DatasetText {
  private static final Pattern FORM =
      Pattern.compile("([^=,]+)=s3://([^/,]+)/*([^,]*?)/*((?:,[^,]+)*)");
  private static final String HELP =
      "NAME=s3://BUCKET/PREFIX,endpoint=http://HOST:PORT,region=REGION,secret=NAME"
          + ",mount=/workspace/dataset/NAME,writable=true";

  /** Those of an option, given once for each. */
  public static List<Dataset> options(List<String> given) {
    return given.stream().map(text -> parse("--dataset", text)).toList();
  }

  /**
   * Those that are set, with spaces between them.
   *
   * @throws GraException UNTRUSTED_SETTING if a workspace's file names a secret that its user
   *     doesn't allow: such a file comes with other people's code, which could read the key
   */
  static List<Dataset> of(Settings settings) {
    Optional<Settings.Setting> set = settings.setting(Key.DATASETS);
    if (set.isEmpty()) {
      return List.of();
    }
    String source = set.get().source();
    List<Dataset> datasets =
        words(set.get().value()).map(text -> parse(Key.DATASETS.text(), text)).toList();
    if (settings.workspaceFile().filter(file -> file.toString().equals(source)).isPresent()) {
      Set<String> allowed =
          words(settings.value(Key.DATASET_SECRETS).orElse("")).collect(Collectors.toSet());
      datasets.forEach(dataset -> requireAllowed(dataset, allowed, source));
    }
    return datasets;
  }

  private static void requireAllowed(Dataset dataset, Set<String> allowed, String source) {
    String secret = dataset.getSecret();
    if (!secret.isEmpty() && !allowed.contains(secret)) {
      String all =
          Stream.concat(allowed.stream(), Stream.of(secret))
              .sorted()
              .collect(Collectors.joining(" "));
      throw GraException.of(
          "UNTRUSTED_SETTING",
          source + " uses the secret " + secret + ", which you have not allowed to workspaces",
          "gractl config set " + Key.DATASET_SECRETS.text() + " '" + all + "'");
    }
  }

  private static Stream<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+", -1)).filter(word -> !word.isEmpty());
  }

  private static Dataset parse(String where, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw Usage.error(where + " " + text + ": not a dataset", HELP);
    }
    Dataset.Builder dataset =
        Dataset.newBuilder()
            .setName(form.group(1))
            .setBucket(form.group(2))
            .setPrefix(form.group(3));
    for (String part : form.group(4).split(",", -1)) {
      if (!part.isEmpty()) {
        put(dataset, part, where + " " + text);
      }
    }
    return dataset.build();
  }

  private static void put(Dataset.Builder dataset, String part, String where) {
    int equals = part.indexOf('=');
    String key = equals < 0 ? part : part.substring(0, equals);
    String value = part.substring(equals + 1);
    switch (key) {
      case "region" -> dataset.setRegion(value);
      case "endpoint" -> dataset.setEndpoint(value);
      case "secret" -> dataset.setSecret(value);
      case "mount" -> dataset.setMount(value);
      case "writable" -> dataset.setWritable(flag(value, where));
      default -> throw Usage.error(where + ": a dataset has no " + key, HELP);
    }
  }

  private static boolean flag(String value, String where) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Usage.error(where + ": writable is true or false", HELP);
    };
  }

  /** For JSON. */
  static List<Map<String, Object>> json(Runner runner) {
    return runner.getSpec().getDatasetsList().stream().map(DatasetText::json).toList();
  }

  private static Map<String, Object> json(Dataset dataset) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", dataset.getName());
    json.put(
        "url",
        "s3://"
            + dataset.getBucket()
            + (dataset.getPrefix().isEmpty() ? "" : "/" + dataset.getPrefix()));
    json.put("region", dataset.getRegion());
    json.put("endpoint", dataset.getEndpoint());
    json.put("secret", dataset.getSecret());
    json.put("mount", dataset.getMount());
    json.put("writable", dataset.getWritable());
    return json;
  }

  private DatasetText() {}
}
