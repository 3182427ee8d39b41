package dev.gra.client.cli;

import dev.gra.v1.Dataset;
import dev.gra.v1.Runner;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Datasets as people write them: {@code
 * NAME=s3://BUCKET[/PREFIX][,region=R][,endpoint=URL][,secret=NAME]}.
 */
public final class DatasetText {
  private static final Pattern FORM =
      Pattern.compile("([^=,]+)=s3://([^/,]+)/*([^,]*?)/*((?:,[^,]+)*)");
  private static final String HELP =
      "NAME=s3://BUCKET/PREFIX,endpoint=http://HOST:PORT,region=REGION,secret=NAME";

  /** Those of an option, given once for each. */
  public static List<Dataset> options(List<String> given) {
    return given.stream().map(text -> parse("--dataset", text)).toList();
  }

  /** Those of a setting, with spaces between them. */
  public static List<Dataset> setting(String key, String value) {
    return Arrays.stream(value.strip().split("\\s+", -1))
        .filter(text -> !text.isEmpty())
        .map(text -> parse(key, text))
        .toList();
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
      default -> throw Usage.error(where + ": a dataset has no " + key, HELP);
    }
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
    return json;
  }

  private DatasetText() {}
}
