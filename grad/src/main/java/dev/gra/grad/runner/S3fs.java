package dev.gra.grad.runner;

import dev.gra.grad.runner.RunnerFailure.Unsupported;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** How s3fs mounts a dataset. The key is none of it: that is in its environment. */
public record S3fs(Dataset dataset, DatasetMount mount) {
  /** Keeps it mounted; it says itself how it is called. */
  public static final String SCRIPT = resource(S3fs.class, "mount.sh");

  private static final Pattern FAILURE = Pattern.compile("dataset \\S+ can't be mounted: .*");

  /** Of a dataset that is mounted. */
  public static S3fs of(Dataset dataset) {
    return new S3fs(dataset, dataset.mount().orElseThrow());
  }

  /** A text beside a class. */
  public static String resource(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The failure that the script's words tell of, wherever in a text they are; empty: none. */
  public static Optional<RunnerFailure> failure(String text) {
    var words = FAILURE.matcher(text);
    return words.find()
        ? Optional.of(
            new Unsupported(words.group(), "its bucket, endpoint, region and secret set right"))
        : Optional.empty();
  }

  /** What of which bucket. */
  public String source() {
    return dataset.bucket() + ":/" + dataset.prefix();
  }

  /** Its options, and more of them: who its files belong to, and who may see them. */
  public String options(List<String> more) {
    var options = new ArrayList<String>();
    options.add("url=" + dataset.endpoint().orElseGet(this::aws));
    options.add("endpoint=" + dataset.region());
    options.add("use_path_request_style");
    // What an object has for a mode is its writer's; without one it would have none.
    options.add(mount.writable() ? "umask=0022" : "umask=0222");
    if (!mount.writable()) {
      options.add("ro");
    }
    // Each request of a server that is away is an error after some 10 s, rather than 25 minutes.
    options.addAll(List.of("connect_timeout=5", "readwrite_timeout=20", "retries=2"));
    // What another one writes is seen soon: by default only after a quarter of an hour.
    options.add("stat_cache_expire=10");
    options.addAll(more);
    return String.join(",", options);
  }

  private String aws() {
    return "https://s3." + dataset.region() + ".amazonaws.com";
  }
}
