///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 25+
//DEPS dev.gra:gra-client:0.1.0:cli@fatjar
//RUNTIME_OPTIONS -XX:AOTCache=${user.home}/.cache/gra/gractl.aot -Dgra.aot=${user.home}/.cache/gra/gractl.aot -XX:+UseSerialGC -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 -XX:-UsePerfData -Djdk.reflect.useNativeAccessorOnly=true --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Duser.language=en -Duser.country=US -Dpicocli.converters.excludes=java[.]time[.].*,java[.]sql[.].* -Xlog:disable -Xlog:all=off
//JAVAC_OPTIONS -XDstringConcat=inline
//DESCRIPTION gra's command line: run code in a runner
import dev.gra.client.RandomIds;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.cli.*;
import dev.gra.client.cluster.*;
import dev.gra.client.config.*;
import dev.gra.client.local.*;
import dev.gra.v1.*;
import java.io.IOException;
import java.nio.file.Path;
import java.util.*;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * gractl: each verb is one small class below; what they are made of is in the client's jar
 * (dev.gra.client.cli). Copy this file and change it as you like.
 */
class gractl {
  static final String[] FIRST_STEPS = {
    "",
    "First steps:",
    "  gractl local start                 a grad on this machine",
    "  gractl config use-cluster          or a grad in a Kubernetes cluster",
    "  gractl exec -- uname -a            a command in this workspace's own runner",
    "  gractl exec --file analysis.py     a script, by its suffix or #! line",
    "  gractl cp data.csv :               a file into the runner",
    "  gractl sync                        what changed in this workspace into its runner",
    "",
    "Exit codes of exec: the command's own; 124 timed out, 125 gra failed or can't know,",
    "126 not executable, 127 not found, 128+n ended by signal n, 137 out of memory,",
    "143 cancelled; 2 wrong usage."
  };

  /** Each run builds only the verb that it needs: start-up counts. */
  static final Map<String, Supplier<CommandLine>> VERBS = new LinkedHashMap<>();

  static {
    VERBS.put("exec", () -> new ExecVerb().commandLine().setStopAtPositional(true));
    VERBS.put("cp", () -> new CpVerb().commandLine());
    VERBS.put("forward", () -> new ForwardVerb().commandLine());
    VERBS.put("ssh", () -> new SshVerb().commandLine().setStopAtPositional(true));
    VERBS.put("ssh-config", () -> new SshConfigVerb().commandLine());
    VERBS.put(Ssh.CONNECT, () -> new SshConnectVerb().commandLine());
    VERBS.put("mount", () -> new MountVerb().commandLine());
    VERBS.put("umount", () -> new UmountVerb().commandLine());
    VERBS.put("sync", () -> new SyncVerb().commandLine());
    VERBS.put("runners", () -> Verb.group("runners", "Makes, shows and deletes runners.",
        new RunnersCreate(), new RunnersList(), new RunnersGet(), new RunnersDelete()));
    VERBS.put("execs", () -> Verb.group("execs", "Shows, joins and ends execs.",
        new ExecsList(), new ExecsGet(), new ExecsAttach(), new ExecsCancel(), new ExecsLogs()));
    VERBS.put("workspace", () -> Verb.group("workspace", "What makes a directory a workspace.", new WorkspaceInitVerb()));
    VERBS.put("local", () -> Verb.group("local", "The grad of this machine.",
        new LocalStart(), new LocalStop(), new LocalStatus()));
    VERBS.put("config", () -> Verb.group("config", "Settings: flags, then GRA_* variables, then .gractl.toml, then your own file.",
        new ConfigList(), new ConfigGet(), new ConfigSet(), new ConfigUseCluster(), new ConfigUseLocal()));
    VERBS.put("tunnel", () -> Verb.group("tunnel", "The way to grad in a cluster: opened when needed, closed when idle.",
        new TunnelStart(), new TunnelStatus(), new TunnelStop()));
    VERBS.put("doctor", () -> new DoctorVerb().commandLine());
    VERBS.put("install", () -> new InstallVerb().commandLine());
    VERBS.put("completion", () -> new CompletionVerb().commandLine());
    VERBS.put("version", () -> new VersionVerb().commandLine());
  }

  public static void main(String... args) throws Exception {
    StaleCache.leave();
    if (args.length > 1 && args[0].equals(Training.VERB)) {
      System.exit(train(List.of(args).subList(1, args.length)));
    }
    String first = args.length == 0 ? "--help" : args[0];
    String verb = first.equals("execute-command") ? "exec" : first;
    String only = VERBS.containsKey(verb) ? verb : null;
    if (verb.equals("exec") || verb.equals(Ssh.CONNECT)) {
      GraClient.warmUp();
    }
    System.exit(Shell.run(commandLine(only), args.length == 0 ? new String[] {first} : args));
  }

  /** What an AOT cache is recorded of. */
  static int train(List<String> arguments) throws IOException {
    GraClient.warmUp();
    try (Training training = Training.begin(arguments)) {
      Shell.run(commandLine("exec"), "exec", "-o", "json", "--", "true");
      Shell.run(commandLine("exec"), "exec", "--runner", "training", "--", "true");
      if (!training.byTls().isEmpty()) {
        List<String> byTls = new ArrayList<>(List.of("exec"));
        byTls.addAll(training.byTls());
        byTls.addAll(List.of("--", "true"));
        Shell.run(commandLine("exec"), byTls.toArray(String[]::new));
      }
      return Shell.run(commandLine("exec"), "exec", "--", "true");
    }
  }

  /** With one verb, or with all of them. */
  static CommandLine commandLine(String only) {
    CommandSpec root = CommandSpec.create().name("gractl");
    root.usageMessage().width(100);
    root.usageMessage().description("Runs code in runners: sandboxes on this machine, or pods.").footer(FIRST_STEPS).synopsisSubcommandLabel("VERB");
    Verb.help(root);
    VERBS.forEach((name, verb) -> {
      if (only == null || only.equals(name)) {
        CommandLine command = verb.get();
        if (name.equals("exec")) {
          command.getCommandSpec().aliases("execute-command");
        }
        root.addSubcommand(name, command);
      }
    });
    return new CommandLine(root);
  }

  static class ExecVerb extends Verb {
    ExecVerb() {
      super("exec", "Runs a command or a script in a runner, by default this workspace's own.");
      synopsis("gractl exec [OPTIONS] -- COMMAND [ARGUMENT...]", "       gractl exec [OPTIONS] --file FILE [-- ARGUMENT...]", "       gractl exec [OPTIONS] --code TEXT [-- ARGUMENT...]");
    }

    final One runner = option("-r, --runner NAME", "A runner that is there; by default this workspace's own, made at need.");

    final One file = option("--file FILE", "A script on this machine, at most 1 MiB.");

    final One code = option("--code TEXT", "A script's text; Python unless told otherwise.");

    final One interpreter = option("--interpreter WORDS", "What runs the script, e.g. \"python3 -u\".");

    final Many env = options("-e, --env NAME[=VALUE]", "A variable; without value, ours.");

    final Many envFiles = options("--env-file FILE", "Variables, one a line: the way for secrets.");

    final One cwd = option("--cwd DIR", "Working directory, by default the workspace.");

    final One timeout = option("--timeout TIME", "End the command after this long, e.g. 90s, 5m.");

    final One orphanAfter = option("--orphan-after TIME", "How long it lives without a client (10m), or never.");

    final One outputMode = option("--output-mode block|ring", "ring: drop the oldest output rather than wait.");

    final Flag detach = flag("-d, --detach", "Print the exec's id as soon as it runs, and leave it.");

    final Flag stdin = flag("-i", "Our stdin is the command's; else it has none.");

    final Flag trace = flag("--trace", "Say the trace's id, and where it is seen (the setting trace_url).");

    final One execId = option("--exec-id ID", "The same id is never run twice.");

    final Many labels = options("-l, --label KEY=VALUE", "Label of a runner that is made for it.");

    final Flag sync = flag("--sync", "gractl sync --up before it, and --down after it but for what is newer here.");

    final Arguments argv = arguments("COMMAND", "0..*", "The command, or the script's arguments.");

    @Override
    protected int run(Session session) {
      Start.Builder start = command();
      if (trace.on()) {
        session.messages().say(TraceLine.of(session));
      }
      String name = session.runnerName(runner.get());
      var ensured = new RunnerPreparation(session).forExec(name, RunnerPreparation.labels(labels.get()));
      if (sync.on()) {
        ensured = new Sync(session, name).before(ensured);
      }
      start
          .setExecId(execId.given() ? execId.get() : RandomIds.next())
          .setRunner(ensured.runner().getName())
          .setRunnerUid(ensured.runner().getUid())
          .setCwd(cwd.or(""))
          .putAllEnv(Environment.collect(env.get(), envFiles.paths(), session.environment()))
          .setStdin(stdin.on())
          .setOutputMode(mode());
      if (timeout.given()) {
        start.setTimeout(Durations.parse("--timeout", timeout.get()));
      }
      if (orphanAfter.given() || detach.on()) {
        start.setOrphanAfter(Durations.parse("--orphan-after", orphanAfter.or("never")));
      }
      int code = ExecRun.start(session, start.build(), ExecView.plain(json(), stdin.on()).in(ensured).detached(detach.on()));
      if (sync.on()) {
        code = new Sync(session, name).after(code);
      }
      SelfTraining.ifDue(session, gractl.class.getName(), debug());
      return code;
    }

    private Start.Builder command() {
      if (file.given() && code.given()) {
        throw Usage.error("--file and --code are one too many", "gractl exec --help");
      }
      if (detach.on() && stdin.on()) {
        throw Usage.error("-i and --detach don't go together", "gractl cp FILE : and read it from there");
      }
      if (detach.on() && sync.on()) {
        throw Usage.error("--sync and --detach don't go together", "gractl sync, and when it has ended gractl sync --down");
      }
      Start.Builder start = Start.newBuilder().addAllArgv(argv.get());
      if (file.given()) {
        return start.setScript(Scripts.fromFile(file.path(), interpreter.get()));
      }
      if (code.given()) {
        return start.setScript(Scripts.fromText(code.get(), interpreter.get()));
      }
      if (argv.get().isEmpty()) {
        throw Usage.error("there is no command", "gractl exec -- echo hello");
      }
      return start;
    }

    private OutputMode mode() {
      return switch (outputMode.or(detach.on() ? "ring" : "block")) {
        case "block" -> OutputMode.OUTPUT_MODE_BLOCK;
        case "ring" -> OutputMode.OUTPUT_MODE_RING;
        default -> throw Usage.error("--output-mode " + outputMode.get() + ": no such mode", "block or ring");
      };
    }
  }

  static class CpVerb extends Verb {
    CpVerb() {
      super("cp", "Copies a file or a tree between here and a runner, checked by SHA-256.", "RUNNER:PATH or :PATH (this workspace's runner) is there, - is our stdin or stdout, all else here.");
    }

    final Arguments paths = arguments("FROM TO", "2", "");

    @Override
    protected int run(Session session) {
      return new Copy(session).copy(paths.get().get(0), paths.get().get(1));
    }
  }

  static class ForwardVerb extends Verb {
    ForwardVerb() {
      super("forward", "Makes a port of a runner a port of this machine, until Ctrl-C.", "Each connection is a command in the runner, by the socat there; 100 at once, more wait.");
      synopsis("gractl forward [OPTIONS] [RUNNER] PORT[:LOCAL]");
    }

    final Arguments what = arguments("[RUNNER] PORT[:LOCAL]", "1..2", "LOCAL is the same port unless given, or 0 for any; the runner this workspace's own.");

    final One address = option("--address ADDRESS", "Where to listen (127.0.0.1): whoever reaches it reaches the port.");

    @Override
    protected int run(Session session) throws InterruptedException {
      ForwardPorts ports = ForwardPorts.parse(what.get().getLast());
      String named = session.runnerName(what.get().size() == 2 ? what.first() : null);
      Runner runner = new RunnerPreparation(session).forExec(named).runner();
      ForwardTarget target = new ForwardTarget(runner.getName(), runner.getUid(), ports.remote());
      try (Forward forward = Forward.open(session, target, address.or("127.0.0.1"), ports.local())) {
        Signals.handle(forward::close);
        session.messages().say(forward.address().getAddress().getHostAddress() + ":" + forward.address().getPort() + " leads to " + target + " until Ctrl-C");
        if (json()) {
          Json.print(forward.toJson());
        }
        return forward.serve();
      }
    }
  }

  static class SshVerb extends Verb {
    SshVerb() {
      super("ssh", "Logs in to a runner, or runs a command there, by this machine's ssh; the exit code is ssh's.", "A terminal's programs run as at home. A connection that is cut for more than a minute ends, and with it all it has started.");
      synopsis("gractl ssh [OPTIONS] [RUNNER [COMMAND...]]");
    }

    final One login = option("-l, --login USER", "As whom, where the runner's user isn't runner.");

    final Flag terminal = flag("-t, --tty", "A terminal for the command, too.");

    final Arguments what = arguments("[RUNNER [COMMAND...]]", "0..*", "By default, or as \":\", this workspace's own runner; without a command a shell.");

    @Override
    protected int run(Session session) {
      String named = what.get().isEmpty() || what.first().equals(":") ? session.runnerName() : what.first();
      int words = Math.max(0, what.get().size() - 1);
      boolean separated = words > 0 && what.get().get(1).equals("--");
      new Ssh(session, gractl.class.getName()).become(named, Optional.ofNullable(login.get()), terminal.on(), separated ? words - 1 : words);
      return 125;
    }
  }

  static class SshConfigVerb extends Verb {
    SshConfigVerb() {
      super("ssh-config", "Lets ssh, scp, sftp, sshfs, rsync -e ssh and what uses them reach runners as gra.RUNNER.", "Writes one marked block into ssh's own file, and changes nothing else there.");
    }

    final One file = option("-F, --file FILE", "Another file than ~/.ssh/config.");

    final Flag print = flag("--print", "Only print the block.");

    final Flag remove = flag("--remove", "Take the block out.");

    @Override
    protected int run(Session session) {
      SshConfig config = new SshConfig(session);
      if (print.on()) {
        System.out.print(config.text());
        return 0;
      }
      Map<String, Object> done = remove.on() ? config.remove(file.path()) : config.write(file.path());
      if (json()) {
        Json.print(done);
      } else {
        session.messages().say(done.get("file") + (Boolean.TRUE.equals(done.get("changed")) ? " is changed" : " is as it should be") + (remove.on() ? "" : "; this workspace: ssh " + done.get("host")));
      }
      return 0;
    }
  }

  static class SshConnectVerb extends Verb {
    SshConnectVerb() {
      super(Ssh.CONNECT, "What ssh runs to reach a runner: ssh's own protocol on stdin and stdout.");
    }

    final One uid = option("--uid UID", "Only the runner of this uid.");

    final Arguments what = arguments("gra.RUNNER USER", "2", "");

    @Override
    protected int run(Session session) {
      return SshConnection.serve(session, what.first(), what.get().getLast(), uid.get());
    }
  }

  static class MountVerb extends Verb {
    MountVerb() {
      super("mount", "Makes a directory of a runner a directory here, by sshfs, until gractl umount.", "After a cut it connects again by itself; what is asked of it meanwhile fails. The runner stays awake by it.");
    }

    final Arguments what = arguments("RUNNER:PATH DIR", "2", ":PATH is this workspace's runner; PATH may be empty: the workspace there.");

    @Override
    protected int run(Session session) {
      Map<String, Object> done = new Mount(session, gractl.class.getName()).mount(what.first(), Path.of(what.get().getLast()));
      if (json()) {
        Json.print(done);
      } else {
        session.messages().say(what.first() + " is mounted at " + done.get("directory") + ", until gractl umount");
      }
      return 0;
    }
  }

  static class UmountVerb extends Verb {
    UmountVerb() {
      super("umount", "Ends a mount.");
    }

    final Arguments directory = arguments("DIR", "1", "");

    @Override
    protected int run(Session session) {
      new Mount(session, gractl.class.getName()).unmount(Path.of(directory.first()));
      return 0;
    }
  }

  static class SyncVerb extends Verb {
    SyncVerb() {
      super("sync", "Brings what changed in this workspace into its runner, or back, or both, by rsync: with permissions, times and links.",
          "What .graignore names (gitignore's syntax) stays out. It wants rsync here and in the runner, and goes on after a cut.");
    }

    final Flag up = flag("--up", "From here into the runner: the default.");

    final Flag down = flag("--down", "From the runner to here; never .git, .gractl.toml, .graignore.");

    final Flag both = flag("--both", "Either way, by what both last agreed on. What changed on both sides stays as it is here, with the runner's beside it as NAME.conflict; exit code 1.");

    final Flag delete = flag("--delete", "Delete at the target what isn't at the source; with --both, what was deleted on one side and not changed on the other.");

    final Flag watch = flag("--watch", "Go on until Ctrl-C: at each change here; with --down and --both look at the runner each 5 s.");

    final One runner = option("-r, --runner NAME", "A runner that is there; by default this workspace's own, made at need.");

    @Override
    protected int run(Session session) {
      SyncWish wish = SyncWish.of(up.on(), down.on(), both.on(), delete.on());
      Sync sync = new Sync(session, session.runnerName(runner.get()));
      if (watch.on()) {
        return new SyncWatch(sync, wish).run(json());
      }
      SyncResult result = sync.run(wish);
      if (json()) {
        Json.print(result.toJson());
      }
      return result.exitCode();
    }
  }

  static class RunnersCreate extends Verb {
    RunnersCreate() {
      super("create", "Makes a runner; an existing one is adopted if it is as asked.");
    }

    final Arguments name = arguments("[NAME]", "0..1", "By default this workspace's own.");

    final One preset = option("--preset SIZE", "small, medium, large.");

    final One image = option("--image IMAGE", "Container image (Kubernetes only).");

    final One idleTimeout = option("--idle-timeout TIME", "How long it may be unused: 60m, never.");

    final Many datasets = options("--dataset DATASET", "S3 data: NAME=s3://BUCKET/PREFIX[,endpoint=URL][,region=R][,secret=NAME][,mount=PATH[,writable=true]].");

    final Many labels = options("-l, --label KEY=VALUE", "");

    final Flag mustBeNew = flag("--new", "Fail if it is there already.");

    @Override
    protected int run(Session session) {
      String named = session.runnerName(name.first());
      RunnerPreparation preparation = new RunnerPreparation(session);
      RunnerSpec.Builder runnerSpec = preparation.defaults(named).setImage(image.or(""));
      if (preset.given()) {
        runnerSpec.setPreset(preset.get());
      }
      if (idleTimeout.given()) {
        runnerSpec.setIdleTimeout(Durations.parse("--idle-timeout", idleTimeout.get()));
      }
      if (!datasets.get().isEmpty()) {
        runnerSpec.clearDatasets().addAllDatasets(DatasetText.options(datasets.get()));
      }
      var request = EnsureRunnerRequest.newBuilder()
          .setName(named)
          .setSpec(runnerSpec)
          .putAllLabels(RunnerPreparation.labels(labels.get()))
          .setMustBeNew(mustBeNew.on());
      var ensured = preparation.ensure(request.build());
      show(json(), ensured.runner(), Map.of("created", ensured.created()));
      return 0;
    }
  }

  static class RunnersList extends Verb {
    RunnersList() {
      super("list", "Lists runners.");
    }

    final Many labels = options("-l, --label KEY=VALUE", "Only those with this label.");

    final Flag allOwners = flag("--all-owners", "For admins: everybody's.");

    @Override
    protected int run(Session session) {
      var wanted = RunnerPreparation.labels(labels.get());
      var api = session.client().runners();
      List<Runner> runners = allOwners.on() ? api.listAll(wanted) : api.list(wanted);
      if (json()) {
        Map<String, Object> json = Json.object("RunnerList");
        json.put("runners", runners.stream().map(Views::runner).toList());
        Json.print(json);
        return 0;
      }
      Table table = new Table("NAME", "STATE", "AGE", "PRESET", "UID", "OWNER");
      runners.forEach(r -> table.row(r.getName(), Views.state(r), Views.age(r.getCreateTime()), r.getSpec().getPreset(), r.getUid(), r.getOwner()));
      System.out.print(table);
      return 0;
    }
  }

  static class RunnersGet extends Verb {
    RunnersGet() {
      super("get", "Shows a runner.");
    }

    final Arguments name = arguments("[NAME]", "0..1", "By default this workspace's own.");

    @Override
    protected int run(Session session) {
      show(json(), session.client().runners().get(session.runnerName(name.first())), Map.of());
      return 0;
    }
  }

  static class RunnersDelete extends Verb {
    RunnersDelete() {
      super("delete", "Ends a runner's commands, and the runner with its workspace.");
    }

    final Arguments names = arguments("NAME...", "1..*", "");

    final One uid = option("--uid UID", "Only the runner that has it.");

    @Override
    protected int run(Session session) {
      for (String name : names.get()) {
        session.client().runners().delete(name, uid.or(""));
        session.messages().say("runner " + name + " is deleted");
      }
      return 0;
    }
  }

  static void show(boolean asJson, Runner runner, Map<String, Object> more) {
    Map<String, Object> json = Json.object("Runner");
    json.putAll(Views.runner(runner));
    json.putAll(more);
    if (asJson) {
      Json.print(json);
    } else {
      json.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
    }
  }

  /** A verb about one exec: its runner is as told, as recorded when it began, or the workspace's. */
  abstract static class ExecVerbBase extends Verb {
    ExecVerbBase(String name, String description) {
      super(name, description);
    }

    final One runner = option("-r, --runner NAME", "Its runner.");

    final Arguments execId = arguments("ID", "1", "");

    Optional<FollowUp.Entry> record(Session session) throws IOException {
      return FollowUp.read(session.home(), execId.first()).filter(e -> !runner.given() || runner.get().equals(e.runner()));
    }

    String runner(Session session) throws IOException {
      return runner.given() ? runner.get() : record(session).map(FollowUp.Entry::runner).orElseGet(() -> workspaceRunner(session));
    }

    private String workspaceRunner(Session session) {
      try {
        return session.client().runners().get(session.runnerName()).getName();
      } catch (GraException e) {
        if (!e.reason().equals("RUNNER_NOT_FOUND")) {
          throw e;
        }
        throw GraException.of(e.reason(), "which runner has exec " + execId.first() + " is not known, and this directory has none of its own", "--runner NAME", e);
      }
    }
  }

  static class ExecsList extends Verb {
    ExecsList() {
      super("list", "Lists a runner's execs, newest first.");
    }

    final One runner = option("-r, --runner NAME", "By default this workspace's own.");

    final One limit = option("--limit N", "At most so many (100).");

    private int number() {
      if (!limit.or("100").matches("[1-9]\\d{0,6}")) {
        throw Usage.error("--limit " + limit.get() + ": not a number above 0", "--limit 20");
      }
      return Integer.parseInt(limit.or("100"));
    }

    @Override
    protected int run(Session session) {
      List<Exec> execs = session.client().execs().list(session.runnerName(runner.get()), number());
      if (json()) {
        Map<String, Object> json = Json.object("ExecList");
        json.put("execs", execs.stream().map(Views::exec).toList());
        Json.print(json);
        return 0;
      }
      Table table = new Table("ID", "STATE", "AGE", "COMMAND");
      execs.forEach(e -> table.row(e.getExecId(), Views.state(e), Views.age(e.getCreateTime()), e.getCommand()));
      System.out.print(table);
      return 0;
    }
  }

  static class ExecsGet extends ExecVerbBase {
    ExecsGet() {
      super("get", "Shows an exec.");
    }

    @Override
    protected int run(Session session) throws IOException {
      Map<String, Object> json = Json.object("Exec");
      json.putAll(Views.exec(session.client().execs().get(runner(session), execId.first())));
      if (json()) {
        Json.print(json);
      } else {
        json.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
      }
      return 0;
    }
  }

  static class ExecsAttach extends ExecVerbBase {
    ExecsAttach() {
      super("attach", "Joins an exec as its writer: output from where a killed gractl had stopped, signals, and the exit code.");
    }

    final Flag stdin = flag("-i", "Our stdin is the command's from here on.");

    final Flag fromStart = flag("--from-start", "All output that is still there.");

    @Override
    protected int run(Session session) throws IOException {
      Optional<FollowUp.Entry> record = record(session);
      String name = runner(session);
      String uid = record.map(FollowUp.Entry::runnerUid).orElseGet(() -> session.runnerUid(name));
      Cursors cursors = fromStart.on() ? Cursors.getDefaultInstance() : record.map(FollowUp.Entry::cursors).orElse(Cursors.getDefaultInstance());
      if (cursors.getStdout() + cursors.getStderr() > 0) {
        session.messages().say("going on at byte " + cursors.getStdout() + " of stdout, " + cursors.getStderr() + " of stderr");
      }
      Attach attach = Attach.newBuilder().setExecId(execId.first()).setRunner(name).setRunnerUid(uid).setCursors(cursors).setWriter(true).build();
      return ExecRun.attach(session, attach, ExecView.plain(json(), stdin.on()));
    }
  }

  static class ExecsCancel extends ExecVerbBase {
    ExecsCancel() {
      super("cancel", "Ends an exec at once.");
    }

    @Override
    protected int run(Session session) throws IOException {
      Exec exec = session.client().execs().cancel(runner(session), execId.first(), "");
      if (json()) {
        Map<String, Object> json = Json.object("Exec");
        json.putAll(Views.exec(exec));
        Json.print(json);
      } else {
        session.messages().say("the command " + Endings.describe(exec.getEnded().getEnding()));
      }
      return 0;
    }
  }

  static class ExecsLogs extends ExecVerbBase {
    ExecsLogs() {
      super("logs", "Prints an exec's output so far, without taking part in it.");
    }

    final Flag follow = flag("-f, --follow", "Go on until it ends.");

    @Override
    protected int run(Session session) throws Exception {
      return new ExecLogs(session).print(runner(session), execId.first(), follow.on());
    }
  }

  static class WorkspaceInitVerb extends Verb {
    WorkspaceInitVerb() {
      super("init", "Makes a directory a workspace: .gractl.toml, which names its runner, .graignore, and what agents are told in AGENTS.md and GEMINI.md.",
          "Made anew is what isn't there. Before what is there would change you are asked, and only gractl's own lines change.");
    }

    final Arguments directory = arguments("[DIR]", "0..1", "By default this one.");

    final Flag yes = flag("-y, --yes", "Ask nothing. Without it, and without a terminal, nothing that is there is changed.");

    @Override
    protected int run(Session session) {
      Map<String, Object> done = new WorkspaceInit(session, yes.on()).init(Path.of(directory.first() == null ? "" : directory.first()));
      if (json()) {
        Json.print(done);
      } else {
        session.messages().say("the workspace's runner is " + done.get("runner"));
      }
      return 0;
    }
  }

  static class LocalStart extends Verb {
    LocalStart() {
      super("start", "Starts grad here, unless it runs; from then on gractl starts it when needed.");
    }

    final One isolation = option("--isolation auto|bubblewrap|none", "none gives commands all that you have.");

    final One idleTimeout = option("--idle-timeout TIME", "After which grad ends by itself (30m), or never.");

    final One network = option("--network host|none", "What commands in a sandbox can reach.");

    @Override
    protected int run(Session session) {
      boolean ran = session.localGrad().running().isPresent();
      GradFile grad = session.localGrad().start(new LocalChoice(isolation.or(LocalChoice.DEFAULT.isolation()), idleTimeout.or(LocalChoice.DEFAULT.idleTimeout()), network.or(LocalChoice.DEFAULT.network())));
      if (!ran && grad.isolation().equals("none")) {
        session.messages().say("isolation none: commands can do all that you can");
      }
      LocalStatus.show(json(), grad, ran ? "grad runs already" : "grad is ready");
      return 0;
    }
  }

  static class LocalStop extends Verb {
    LocalStop() {
      super("stop", "Stops grad and ends its runners with their workspaces. The next exec starts grad again.");
    }

    final Flag keepRunners = flag("--keep-runners", "Leave runners and their commands running.");

    @Override
    protected int run(Session session) {
      boolean ran = session.localGrad().stop(keepRunners.on());
      session.messages().say(!ran ? "grad doesn't run" : keepRunners.on() ? "grad is stopped; its runners go on" : "grad is stopped, and its runners are ended");
      return 0;
    }
  }

  static class LocalStatus extends Verb {
    LocalStatus() {
      super("status", "Shows whether grad runs here. Exit code 1 if it doesn't.");
    }

    @Override
    protected int run(Session session) {
      Optional<GradFile> grad = session.localGrad().running();
      if (grad.isEmpty()) {
        if (json()) {
          Map<String, Object> json = Json.object("LocalGrad");
          json.put("running", false);
          Json.print(json);
        } else {
          session.messages().say("grad doesn't run here. Try: gractl local start");
        }
        return 1;
      }
      show(json(), grad.get(), "grad runs");
      return 0;
    }

    static void show(boolean asJson, GradFile grad, String title) {
      if (asJson) {
        Map<String, Object> json = Json.object("LocalGrad");
        json.put("running", true);
        json.putAll(grad.toJson());
        Json.print(json);
      } else {
        System.out.println(title + ": pid " + grad.pid() + ", " + grad.grpcAddress() + ", isolation " + grad.isolation() + ", state in " + grad.stateDirectory());
        System.out.println("status page: http://" + grad.httpAddress() + "/status, for any name with the password that is in " + grad.tokenFile());
      }
    }
  }

  static class ConfigList extends Verb {
    ConfigList() {
      super("list", "Shows all settings and where each came from.");
    }

    @Override
    protected int run(Session session) {
      Settings settings = session.settings();
      Map<String, Object> json = Json.object("Settings");
      Table table = new Table("KEY", "VALUE", "SOURCE", "MEANING");
      for (Key key : Key.values()) {
        var setting = settings.setting(key);
        String value = setting.map(Settings.Setting::value).orElse(key == Key.RUNNER ? session.runnerName() : "");
        String source = setting.map(Settings.Setting::source).orElse("default");
        json.put(key.text(), Map.of("value", value, "source", source));
        table.row(key.text(), value.isEmpty() ? "-" : value, source, key.meaning());
      }
      if (json()) {
        Json.print(json);
      } else {
        System.out.print(table);
      }
      return 0;
    }
  }

  static class ConfigGet extends Verb {
    ConfigGet() {
      super("get", "Prints one setting.");
    }

    final Arguments key = arguments("KEY", "1", "");

    @Override
    protected int run(Session session) {
      Key known = Key.of(key.first()).orElseThrow(() -> Settings.unknown("", key.first()));
      System.out.println(session.settings().value(known).orElse(known == Key.RUNNER ? session.runnerName() : ""));
      return 0;
    }
  }

  static class ConfigSet extends Verb {
    ConfigSet() {
      super("set", "Sets one in your own file, or with --workspace in .gractl.toml.");
    }

    final Arguments keyAndValue = arguments("KEY VALUE", "2", "");

    final Flag workspace = flag("--workspace", "For everybody in this directory's tree.");

    @Override
    protected int run(Session session) throws IOException {
      String key = keyAndValue.get().get(0);
      String value = keyAndValue.get().get(1);
      Key known = Key.of(key).orElseThrow(() -> Settings.unknown("", key));
      if (workspace.on() && !known.workspaceMaySet()) {
        throw Usage.error(key + " can't be set for a workspace", "gractl config set " + key + " VALUE");
      }
      Path file = workspace.on()
          ? session.settings().workspaceFile().orElse(WorkspaceRunner.root(session.directory()).resolve(Settings.WORKSPACE_FILE))
          : session.settings().userFile();
      Settings.write(file, known, value);
      session.messages().say(key + " is set in " + file);
      return 0;
    }
  }

  static class ConfigUseCluster extends Verb {
    ConfigUseCluster() {
      super("use-cluster", "Uses grad in a Kubernetes cluster: by kubectl a tunnel to it, and a token that is renewed.",
          "Looks at every part and makes a call; only then it is set, in your own file.");
    }

    final One context = option("--context NAME", "kubectl's context; by default the current one, from then on.");

    final One namespace = option("-n, --namespace NAME", "The namespace that grad is in (gra).");

    final One address = option("--address HOST:PORT", "Where grad is reached without a tunnel.");

    final One serviceAccount = option("--service-account NAME", "Whose token to ask for, by the right to create it; runners belong to it (gra-user).");

    final One serverName = option("--server-name NAME", "The name in grad's certificate (grad.NAMESPACE.svc; with --address its host).");

    @Override
    protected int run(Session session) throws IOException {
      var choice = new UseCluster.Choice(context.get(), namespace.get(), address.get(), serviceAccount.get(), serverName.get());
      Map<String, Object> set = new UseCluster(session).set(choice);
      if (json()) {
        Json.print(set);
      }
      return 0;
    }
  }

  static class ConfigUseLocal extends Verb {
    ConfigUseLocal() {
      super("use-local", "Uses this machine's grad again: takes out of your own file what use-cluster set.");
    }

    @Override
    protected int run(Session session) throws IOException {
      new UseCluster(session).unset();
      return 0;
    }
  }

  /** A verb about one tunnel: that of the settings, or of another cluster or namespace. */
  abstract static class TunnelVerb extends Verb {
    TunnelVerb(String name, String description) {
      super(name, description);
    }

    final One context = option("--context NAME", "kubectl's context; by default as set.");

    final One namespace = option("-n, --namespace NAME", "The namespace that grad is in; by default as set.");

    Tunnel tunnel(Session session) {
      return new ClusterAccess(session).tunnel(context.get(), namespace.get());
    }

    void show(Optional<TunnelFile> tunnel) {
      if (json()) {
        Map<String, Object> json = Json.object("Tunnel");
        json.put("running", tunnel.isPresent());
        tunnel.ifPresent(t -> json.putAll(t.toJson()));
        Json.print(json);
      } else {
        tunnel.ifPresent(t -> System.out.println("127.0.0.1:" + t.port() + " leads to grad in context " + t.context() + ", namespace " + t.namespace() + ": pid " + t.pid()
            + (t.trouble().isEmpty() ? "" : "; at the moment it doesn't: " + t.trouble())));
      }
    }
  }

  static class TunnelStart extends TunnelVerb {
    TunnelStart() {
      super("start", "Opens it, unless it is open; gractl does so when it needs one.");
    }

    final One idleTimeout = option("--idle-timeout TIME", "After which it closes unused (30m), or never.");

    @Override
    protected int run(Session session) {
      show(Optional.of(tunnel(session).start(new ClusterAccess(session).idle(idleTimeout.get()))));
      return 0;
    }
  }

  static class TunnelStatus extends TunnelVerb {
    TunnelStatus() {
      super("status", "Shows whether it is open. Exit code 1 if it isn't.");
    }

    @Override
    protected int run(Session session) {
      Optional<TunnelFile> tunnel = tunnel(session).running();
      show(tunnel);
      if (tunnel.isEmpty() && !json()) {
        session.messages().say("no tunnel is open; the next exec opens it. Try: gractl tunnel start");
      }
      return tunnel.isPresent() ? 0 : 1;
    }
  }

  static class TunnelStop extends TunnelVerb {
    TunnelStop() {
      super("stop", "Closes it. What runs goes on in its runner, and the next gractl opens it again.");
    }

    @Override
    protected int run(Session session) {
      session.messages().say(tunnel(session).stop() ? "the tunnel is closed" : "no tunnel is open");
      return 0;
    }
  }

  static class DoctorVerb extends Verb {
    DoctorVerb() {
      super("doctor", "Looks at all that gra needs here, with a fix for what is missing.");
    }

    @Override
    protected int run(Session session) {
      List<Doctor.Finding> findings = new Doctor(session).examine();
      if (json()) {
        Json.print(Doctor.json(findings));
      } else {
        for (Doctor.Finding finding : findings) {
          System.out.printf("%-4s %-11s %s%n", finding.ok() ? "ok" : "BAD", finding.name(), finding.detail());
          if (!finding.ok()) {
            System.out.printf("     %-11s Try: %s%n", "", finding.fix());
          }
        }
      }
      return findings.stream().allMatch(Doctor.Finding::ok) ? 0 : 1;
    }
  }

  static class InstallVerb extends Verb {
    InstallVerb() {
      super("install", "Puts a gractl on PATH that starts several times faster than by JBang.");
    }

    final One directory = option("--dir DIR", "Where to (~/.local/bin).");

    @Override
    protected int run(Session session) {
      Path launcher = new Installer(session).install(directory.path(), gractl.class.getName());
      boolean onPath = Installer.onPath(launcher, session.environment());
      session.messages().say("installed " + launcher + (onPath ? "" : ". Try: export PATH=\"" + launcher.getParent() + ":$PATH\""));
      return 0;
    }
  }

  static class CompletionVerb extends Verb {
    CompletionVerb() {
      super("completion", "Prints the completion script for bash, which zsh takes too: source <(gractl completion bash)");
    }

    final Arguments shell = arguments("[bash|zsh]", "0..1", "");

    @Override
    protected int run(Session session) {
      System.out.print(AutoComplete.bash("gractl", gractl.commandLine(null)));
      return 0;
    }
  }

  static class VersionVerb extends Verb {
    VersionVerb() {
      super("version", "Prints the version, and grad's.");
    }

    @Override
    protected int run(Session session) {
      Optional<GradFile> grad = session.localGrad().running();
      if (json()) {
        Map<String, Object> json = Json.object("Version");
        json.put("gractl", Version.VERSION);
        grad.ifPresent(g -> json.put("grad", g.version()));
        Json.print(json);
      } else {
        System.out.println("gractl " + Version.VERSION + grad.map(g -> ", grad " + g.version()).orElse(""));
      }
      return 0;
    }
  }
}
