package dev.gra.grad.local;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts programs that outlive grad: a session of their own, nothing of grad's on their
 * descriptors.
 */
final class Launcher {
  /** Where bwrap writes the {@link RunnerDirectory#status} file. */
  static final String STATUS_FD = "3";

  /** Where bwrap reads the {@link RunnerDirectory#seccomp} file. */
  static final String SECCOMP_FD = "4";

  private static final String SCRIPT =
      "exec " + STATUS_FD + ">\"$1\" " + SECCOMP_FD + "<\"$2\"; shift 2; exec setsid -- \"$@\"";

  private static final long MAX_LOG = 1 << 20;

  private Launcher() {}

  static Process start(Isolation.Command command, RunnerDirectory directory) throws IOException {
    var log = directory.log();
    if (Files.exists(log) && Files.size(log) > MAX_LOG) {
      Files.delete(log);
    }
    var argv = new ArrayList<String>();
    argv.addAll(List.of("/bin/sh", "-c", SCRIPT, "sh"));
    argv.addAll(List.of(directory.status().toString(), directory.seccomp().toString()));
    argv.addAll(command.argv());
    var builder =
        new ProcessBuilder(argv)
            .directory(new File("/"))
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .redirectError(Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    return builder.start();
  }
}
