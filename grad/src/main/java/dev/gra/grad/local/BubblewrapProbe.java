package dev.gra.grad.local;

import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import dev.gra.grad.runner.RunnerUid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Proves that bubblewrap works here by running a command in just the sandbox that runners get. */
final class BubblewrapProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String OR_ELSE =
      "; or, to run commands with all of your own rights, --isolation none";

  /**
   * True inside if the workspace can be written, the state directory isn't seen, and init is not
   * the machine's.
   */
  private static final String PROOF =
      "touch /workspace/proof && ! test -e \"$1/runners\" && test \"$(cat /proc/1/comm)\" = bwrap";

  private BubblewrapProbe() {}

  /** bwrap's path on one of those PATHs, or why there is none and what to do. */
  static Path find(String... paths) {
    return Arrays.stream(paths)
        .flatMap(path -> Interpreters.onPath("bwrap", path).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new Unsupported(
                        "no sandbox: bubblewrap is not installed",
                        "install it (apt-get install bubblewrap, dnf install bubblewrap)" + OR_ELSE)
                    .exception());
  }

  /** Throws Unsupported, with the fix, if the sandbox doesn't hold a command in. */
  static void prove(Bubblewrap bubblewrap, StateDirectory state) {
    var directory = state.runner(RunnerUid.random());
    try {
      var runner = nobody(directory.uid());
      directory.create(runner);
      try {
        var inside = List.of("/bin/sh", "-c", PROOF, "sh", state.home().toString());
        prove(Launcher.start(bubblewrap.command(runner, directory, inside), directory), directory);
      } finally {
        directory.remove();
      }
    } catch (IOException e) {
      throw failed(e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private static void prove(Process process, RunnerDirectory directory)
      throws InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw failed("it did not end within " + PATIENCE.toSeconds() + " s");
    }
    if (process.exitValue() != 0) {
      throw failed(directory.lastWords());
    }
  }

  private static RunnerRecord nobody(RunnerUid uid) {
    var size = Preset.SMALL;
    return new RunnerRecord(
        new Owner("gra"),
        new RunnerName("probe"),
        uid,
        Labels.NONE,
        new RunnerSpec(
            size, "", size.cpuMillis(), size.memoryBytes(), IdleTimeout.NEVER, Datasets.NONE),
        Instant.now(),
        "probe");
  }

  private static RunnerException failed(String why) {
    var reason = why.isEmpty() ? "its probe failed" : why;
    return new Unsupported(
            "no sandbox: bubblewrap does not work here: " + reason, fix(reason) + OR_ELSE)
        .exception();
  }

  private static String fix(String why) {
    if (setting("kernel/unprivileged_userns_clone").equals(Optional.of("0"))) {
      return "sudo sysctl -w kernel.unprivileged_userns_clone=1";
    }
    if (setting("user/max_user_namespaces").equals(Optional.of("0"))) {
      return "sudo sysctl -w user.max_user_namespaces=15000";
    }
    if (setting("kernel/apparmor_restrict_unprivileged_userns").equals(Optional.of("1"))) {
      return "let AppArmor allow it: sudo apt-get install apparmor-profiles && sudo ln -s"
          + " /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/"
          + " && sudo systemctl reload apparmor";
    }
    if (why.contains("mount proc")) {
      return "in a container, start it with --security-opt systempaths=unconfined"
          + " --security-opt seccomp=unconfined";
    }
    if (why.contains("namespace") || why.contains("Operation not permitted")) {
      return "in a container, start it with --security-opt seccomp=unconfined";
    }
    return "see what `bwrap --unshare-user --unshare-pid --ro-bind / / --proc /proc true` says";
  }

  private static Optional<String> setting(String name) {
    try {
      return Optional.of(Files.readString(Path.of("/proc/sys").resolve(name)).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
