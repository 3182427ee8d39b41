package dev.gra.grad.local;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.grad.runner.DatasetMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A sandbox by bubblewrap: a root made of an allow-list, own user, pid, ipc, uts and cgroup
 * namespaces, no capability. It never gets {@code --die-with-parent}: runners outlive grad.
 *
 * @param interpreters waited for at the first sandbox
 */
record Bubblewrap(
    LocalSettings settings, Path bwrap, Path home, Supplier<Interpreters> interpreters)
    implements Isolation {
  static final String WORKSPACE = "/workspace";
  static final String HOME = "/home/" + MadeUpEtc.USER;
  private static final String PROGRAM = "/opt/gra/runnerd";
  private static final String STATE = "/run/gra/state";
  private static final String LINK = "/run/gra/link";
  private static final String AWS = "/run/gra/aws";

  @Override
  public String label() {
    return "bubblewrap";
  }

  @Override
  public Command command(RunnerRecord runner, RunnerDirectory directory) throws IOException {
    var inside = new ArrayList<String>();
    inside.add(PROGRAM + "/bin/runnerd");
    inside.addAll(
        RunnerdArguments.of(
            runner,
            LINK + "/" + directory.socket().getFileName(),
            STATE,
            WORKSPACE,
            settings.runnerdArguments()));
    return command(runner, directory, inside);
  }

  /** The same sandbox around another program. */
  Command command(RunnerRecord runner, RunnerDirectory directory, List<String> inside)
      throws IOException {
    var datasets = runner.spec().datasets();
    var secrets = Secrets.of(settings.stateDirectory());
    var datasetVariables = LocalDatasets.prepare(datasets, directory, AWS, secrets);
    var argv = new ArrayList<String>();
    argv.add(bwrap.toString());
    argv.addAll(namespaces(runner.name().value()));
    argv.addAll(root(runner, directory));
    argv.addAll(List.of("--chdir", WORKSPACE, "--json-status-fd", Launcher.STATUS_FD));
    argv.addAll(List.of("--seccomp", Launcher.SECCOMP_FD, "--"));
    argv.addAll(inside);
    var own = new RunnerEnvironment(settings.environment());
    var variables = own.variables(runner.uid(), MadeUpEtc.USER, HOME, "/tmp");
    variables.put("SHELL", "/bin/bash");
    variables.put("PATH", own.path(interpreters.get().binaries(), HostRoot::shows));
    variables.putAll(datasetVariables);
    return new Command(LocalMounts.around(argv, datasets, directory), variables);
  }

  private List<String> namespaces(String hostName) {
    var id = Integer.toString(MadeUpEtc.UID);
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"));
    arguments.addAll(List.of("--unshare-cgroup-try", "--uid", id, "--gid", id));
    if (settings.network() == NetworkChoice.NONE) {
      arguments.add("--unshare-net");
    }
    // Under root bwrap keeps all capabilities unless told; with them a command could unmount the
    // masks.
    arguments.addAll(List.of("--cap-drop", "ALL", "--new-session", "--hostname", hostName));
    return arguments;
  }

  private List<String> root(RunnerRecord runner, RunnerDirectory directory) throws IOException {
    var etc = new MadeUpEtc(directory.etc());
    var nothing = etc.nothing();
    var arguments = new ArrayList<>(HostRoot.arguments(List.of(home, settings.stateDirectory())));
    arguments.addAll(EtcMasks.arguments(nothing));
    arguments.addAll(etc.arguments(runner.name().value(), HOME));
    arguments.addAll(resolver());
    arguments.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    arguments.addAll(ProcMasks.arguments(nothing));
    arguments.addAll(List.of("--dir", "/var", "--symlink", "../tmp", "/var/tmp"));
    arguments.addAll(bind("--ro-bind", settings.runnerd(), PROGRAM));
    arguments.addAll(bind("--bind", directory.workspace(), WORKSPACE));
    arguments.addAll(bind("--bind", directory.home(), HOME));
    arguments.addAll(bind("--bind", directory.tmp(), "/tmp"));
    arguments.addAll(bind("--bind", directory.state(), STATE));
    arguments.addAll(bind("--bind", directory.link(), LINK));
    if (!runner.spec().datasets().isEmpty()) {
      arguments.addAll(bind("--ro-bind", directory.aws(), AWS));
    }
    if (!runner.spec().datasets().mounted().isEmpty()) {
      // What is mounted there later comes in by itself.
      arguments.addAll(bind("--bind", directory.datasets(), DatasetMount.ROOT));
    }
    for (var prefix : interpreters.get().prefixes()) {
      arguments.addAll(bind("--ro-bind", prefix, prefix.toString()));
    }
    // The root itself is memory: nothing may fill it.
    arguments.addAll(List.of("--remount-ro", "/"));
    return arguments;
  }

  private static List<String> bind(String how, Path source, String target) {
    return List.of(how, source.toString(), target);
  }

  /** /etc/resolv.conf is often a link into /run, which a sandbox doesn't have. */
  private static List<String> resolver() throws IOException {
    var file = Path.of("/etc/resolv.conf");
    if (!Files.exists(file) || HostRoot.shows(file)) {
      return List.of();
    }
    var real = file.toRealPath();
    return bind("--ro-bind", real, real.toString());
  }

  /** PID 1 of the sandbox's pid namespace, as bwrap reported it. */
  @Override
  public Optional<ProcessIdentity> root(RunnerDirectory directory, long started)
      throws IOException {
    try {
      for (var line : Files.readAllLines(directory.status())) {
        if (line.contains("child-pid")
            && JSON.std.mapFrom(line).get("child-pid") instanceof Number pid) {
          return ProcessIdentity.of(pid.longValue());
        }
      }
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * PID 1 is bwrap's reaper, which would ignore a SIGTERM; its first child is what it was told to
   * run.
   */
  @Override
  public List<ProcessIdentity> runnerd(ProcessIdentity root) {
    return ProcessTable.children(root.pid()).stream()
        .min(java.util.Comparator.comparingLong(ProcessIdentity::startTicks))
        .stream()
        .toList();
  }
}
