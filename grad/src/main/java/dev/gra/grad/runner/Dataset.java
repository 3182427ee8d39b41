package dev.gra.grad.runner;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A part of an S3 bucket that commands read.
 *
 * @param prefix of the keys, without slashes around it; empty: all of the bucket
 * @param endpoint where S3 is; empty: at AWS
 * @param secret that has the key; empty: the runner's own identity, if it has one
 * @param mount where it is seen as files too
 */
public record Dataset(
    String name,
    String bucket,
    String prefix,
    String region,
    Optional<String> endpoint,
    Optional<String> secret,
    Optional<DatasetMount> mount) {
  public static final String DEFAULT_REGION = "us-east-1";

  private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
  private static final Pattern PART = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9!_.*()=+@:-]+");
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,32}");
  private static final Pattern ENDPOINT =
      Pattern.compile("https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
  private static final int MAX_PREFIX = 512;
  private static final int MAX_ENDPOINT = 255;

  public Dataset {
    require(
        LABEL.matcher(name).matches(),
        "name",
        "1 to 63 lower-case letters, digits and '-', begun by a letter, not ended by '-'");
    require(
        isBucket(bucket),
        "bucket",
        name + ": 3 to 63 lower-case letters, digits, '.' and '-', as S3 has them");
    require(
        isPrefix(prefix),
        "prefix",
        name + ": parts of letters, digits and !_.*()=+@:- between single '/', at most 512");
    require(
        REGION.matcher(region).matches(),
        "region",
        name + ": 1 to 32 lower-case letters, digits and '-'");
    endpoint.ifPresent(
        value ->
            require(
                isEndpoint(value), "endpoint", "of " + name + ": http:// or https://HOST[:PORT]"));
    secret.ifPresent(
        value ->
            require(
                LABEL.matcher(value).matches(),
                "secret",
                "of " + name + ": 1 to 63 lower-case letters, digits and '-'"));
    require(
        mount.isEmpty() || secret.isPresent(),
        "mount",
        "of " + name + ": wants a secret; s3fs takes no pod's identity");
  }

  /** One that is read by its address alone. */
  public Dataset(
      String name,
      String bucket,
      String prefix,
      String region,
      Optional<String> endpoint,
      Optional<String> secret) {
    this(name, bucket, prefix, region, endpoint, secret, Optional.empty());
  }

  private static boolean isBucket(String bucket) {
    return BUCKET.matcher(bucket).matches()
        && !bucket.contains("..")
        && !ADDRESS.matcher(bucket).matches();
  }

  private static boolean isPrefix(String prefix) {
    return prefix.isEmpty()
        || (prefix.length() <= MAX_PREFIX
            && Pattern.compile("/")
                .splitAsStream(prefix + "/.end")
                .allMatch(part -> PART.matcher(part).matches()));
  }

  private static boolean isEndpoint(String endpoint) {
    return endpoint.length() <= MAX_ENDPOINT && ENDPOINT.matcher(endpoint).matches();
  }

  static void require(boolean right, String field, String problem) {
    if (!right) {
      throw new InvalidFieldException("spec.datasets." + field, problem);
    }
  }

  /** Its address for programs that read {@code s3://}. */
  public String url() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  /** What a name is in names of environment variables. */
  public static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
