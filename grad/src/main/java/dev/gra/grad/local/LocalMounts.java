package dev.gra.grad.local;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.S3fs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Datasets mounted for a sandbox by s3fs, in namespaces around the sandbox' own: so they go with
 * it, outlive grad as it does, and are nowhere in the file system that grad removes directories of.
 */
final class LocalMounts {
  private static final String SCRIPT = S3fs.resource(LocalMounts.class, "mounted.sh");
  private static final Path FUSE = Path.of("/dev/fuse");
  private static final List<String> PROGRAMS =
      List.of("s3fs", "bash", "unshare", "setpriv", "mount", "umount", "mountpoint", "stdbuf");

  private LocalMounts() {}

  /**
   * Does nothing for datasets that aren't mounted.
   *
   * @param path where programs are looked for
   * @throws dev.gra.grad.runner.RunnerException Unsupported, with the fix: this machine lacks what
   *     mounting wants, or there is no sandbox to mount them in
   */
  static void require(Datasets datasets, Isolation isolation, String path) {
    if (datasets.mounted().isEmpty()) {
      return;
    }
    if (!(isolation instanceof Bubblewrap)) {
      throw new Unsupported(
              "without isolation datasets aren't mounted",
              "gractl local start --isolation bubblewrap, or read them by s3://")
          .exception();
    }
    missing(path)
        .ifPresent(
            program -> {
              throw new Unsupported(
                      "datasets can't be mounted: there is no " + program,
                      "apt-get install s3fs util-linux coreutils, or read them by s3://")
                  .exception();
            });
    if (!Files.isReadable(FUSE) || !Files.isWritable(FUSE)) {
      throw new Unsupported(
              "datasets can't be mounted: " + FUSE + " isn't there, or not for this user",
              "modprobe fuse, or read them by s3://")
          .exception();
    }
  }

  private static Optional<String> missing(String path) {
    return PROGRAMS.stream()
        .filter(
            program ->
                Stream.of(path.split(":", -1))
                    .filter(directory -> !directory.isEmpty())
                    .noneMatch(
                        directory -> Files.isExecutable(Path.of(directory).resolve(program))))
        .findFirst();
  }

  /** The sandbox' command with its mounts around it; the keys are in its environment. */
  static List<String> around(List<String> sandbox, Datasets datasets, RunnerDirectory directory)
      throws IOException {
    var mounted = datasets.mounted();
    if (mounted.isEmpty()) {
      return sandbox;
    }
    OwnerOnly.make(directory.datasets());
    OwnerOnly.make(directory.mounts());
    var argv = new ArrayList<String>();
    argv.addAll(List.of("unshare", "--user", "--map-root-user", "--mount", "--"));
    argv.addAll(List.of("bash", "-c", SCRIPT, "gra-mounted", S3fs.SCRIPT));
    argv.addAll(List.of(directory.datasets().toString(), directory.mounts().toString()));
    argv.add(Integer.toString(mounted.size()));
    mounted.forEach(dataset -> argv.addAll(words(dataset)));
    argv.addAll(sandbox);
    return argv;
  }

  private static List<String> words(Dataset dataset) {
    var s3fs = S3fs.of(dataset);
    return List.of(
        dataset.name(),
        s3fs.mount().relative(),
        Dataset.variable(dataset.secret().orElseThrow()),
        s3fs.source(),
        s3fs.options(List.of()));
  }
}
