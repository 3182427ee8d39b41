package dev.gra.grad.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How datasets come to a runner's commands: by variables, some of them from secrets, and by AWS'
 * own configuration with a profile of each dataset's name.
 *
 * @param directory where commands see the {@link #files}
 */
public record DatasetEnvironment(Datasets datasets, String directory) {
  public static final String KEY_ID = "AWS_ACCESS_KEY_ID";
  public static final String KEY = "AWS_SECRET_ACCESS_KEY";
  public static final String TOKEN = "AWS_SESSION_TOKEN";

  private static final String CONFIG = "config";
  private static final String PROCESS = "credentials.sh";

  /** AWS' clients run it for a profile's key, by the name of its secret as variables have it. */
  private static final String PROCESS_SCRIPT =
      """
      value() { eval "printf %s \"\\${GRA_SECRET_$1-}\"" | sed 's/[\\\\"]/\\\\&/g'; }
      token=$(value "$1_AWS_SESSION_TOKEN")
      printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"' \\
        "$(value "$1_AWS_ACCESS_KEY_ID")" "$(value "$1_AWS_SECRET_ACCESS_KEY")"
      [ -z "$token" ] || printf ', "SessionToken": "%s"' "$token"
      echo '}'
      """;

  /** A variable with the value of a secret's entry; without it, if it is not required. */
  public record FromSecret(String variable, String secret, String entry, boolean required) {}

  /** What is no secret. */
  public Map<String, String> variables() {
    var variables = new TreeMap<String, String>();
    if (datasets.isEmpty()) {
      return variables;
    }
    datasets
        .all()
        .forEach(
            dataset ->
                variables.put("GRA_DATASET_" + Dataset.variable(dataset.name()), dataset.url()));
    variables.put("AWS_CONFIG_FILE", directory + "/" + CONFIG);
    // A variable outweighs a profile: it may only say what is right for all of them.
    datasets
        .common(Dataset::endpoint)
        .flatMap(endpoint -> endpoint)
        .ifPresent(endpoint -> variables.put("AWS_ENDPOINT_URL", endpoint));
    datasets
        .common(Dataset::region)
        .ifPresent(
            region -> {
              variables.put("AWS_REGION", region);
              variables.put("AWS_DEFAULT_REGION", region);
            });
    return variables;
  }

  /** What is one. */
  public List<FromSecret> secrets() {
    var secrets = new ArrayList<FromSecret>();
    datasets.all().stream()
        .flatMap(dataset -> dataset.secret().stream())
        .distinct()
        .forEach(secret -> secrets.addAll(entries(prefix(secret), secret)));
    // A key is shown to no other endpoint than its own.
    if (datasets.common(Dataset::endpoint).isPresent()) {
      datasets.all().getFirst().secret().ifPresent(secret -> secrets.addAll(entries("", secret)));
    }
    return secrets;
  }

  private static List<FromSecret> entries(String prefix, String secret) {
    return List.of(
        new FromSecret(prefix + KEY_ID, secret, KEY_ID, true),
        new FromSecret(prefix + KEY, secret, KEY, true),
        new FromSecret(prefix + TOKEN, secret, TOKEN, false));
  }

  private static String prefix(String secret) {
    return "GRA_SECRET_" + Dataset.variable(secret) + "_";
  }

  /** Texts by the names of the files in {@link #directory}. There is no secret in them. */
  public Map<String, String> files() {
    return Map.of(
        CONFIG,
        datasets.all().stream().map(this::profile).collect(Collectors.joining("\n")),
        PROCESS,
        PROCESS_SCRIPT);
  }

  private String profile(Dataset dataset) {
    var lines = new ArrayList<String>();
    lines.add("[profile " + dataset.name() + "]");
    lines.add("region = " + dataset.region());
    dataset.endpoint().ifPresent(endpoint -> lines.add("endpoint_url = " + endpoint));
    dataset.secret().map(this::process).ifPresent(lines::add);
    return String.join("\n", lines) + "\n";
  }

  private String process(String secret) {
    return "credential_process = /bin/sh \"%s/%s\" %s"
        .formatted(directory, PROCESS, Dataset.variable(secret));
  }
}
