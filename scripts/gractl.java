///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 25+
//DEPS dev.gra:gra-client:0.1.0:cli@fatjar
//RUNTIME_OPTIONS -XX:AOTCache=${user.home}/.cache/gra/gractl.aot -Dgra.aot=${user.home}/.cache/gra/gractl.aot -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow -Xlog:disable -Xlog:all=off
//DESCRIPTION gra's command line: run code in a runner
import com.google.protobuf.Timestamp;
import dev.gra.client.GraException;
import dev.gra.client.cli.*;
import dev.gra.client.config.Key;
import dev.gra.client.config.Settings;
import dev.gra.client.config.WorkspaceRunner;
import dev.gra.client.local.*;
import dev.gra.v1.*;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.*;

/**
 * gractl: each verb is one small class below; what they are made of is in the client's jar
 * (dev.gra.client.cli). Copy this file and change it as you like.
 */
@Command(
    name = "gractl",
    description = "Runs code in runners: sandboxes on this machine, or pods.",
    footer = {
      "",
      "First steps:",
      "  gractl local start                 a grad on this machine",
      "  gractl exec -- uname -a            a command in this workspace's own runner",
      "  gractl exec --file analysis.py     a script, by its suffix or #! line",
      "  gractl cp data.csv :               a file into the runner",
      "",
      "Exit codes of exec: the command's own; 124 timed out, 125 gra failed or can't know,",
      "126 not executable, 127 not found, 128+n ended by signal n, 137 out of memory,",
      "143 cancelled; 2 wrong usage."
    },
    synopsisSubcommandLabel = "VERB")
class gractl {
  /** All verbs. Each run builds only the one that it needs: reflection costs milliseconds. */
  static final Map<String, Supplier<Object>> VERBS = new LinkedHashMap<>();

  static {
    VERBS.put("exec", ExecVerb::new);
    VERBS.put("cp", CpVerb::new);
    VERBS.put("runners", RunnersVerb::new);
    VERBS.put("execs", ExecsVerb::new);
    VERBS.put("local", LocalVerb::new);
    VERBS.put("config", ConfigVerb::new);
    VERBS.put("doctor", DoctorVerb::new);
    VERBS.put("install", InstallVerb::new);
    VERBS.put("completion", CompletionVerb::new);
    VERBS.put("version", VersionVerb::new);
  }

  static final Map<String, String> ALIASES = Map.of("execute-command", "exec");

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this.")
  boolean help;

  public static void main(String... args) throws Exception {
    if (args.length == 2 && args[0].equals(Training.VERB)) {
      Training.pretend(Path.of(args[1]));
      commandLine("exec").execute("exec", "-o", "json", "--", "true");
      System.exit(commandLine("exec").execute("exec", "--", "true"));
    }
    String first = args.length == 0 ? "" : args[0];
    String verb = ALIASES.getOrDefault(first, first);
    int code = commandLine(VERBS.containsKey(verb) ? verb : null).execute(args);
    System.exit(code);
  }

  /** With one verb, or with all of them. */
  static CommandLine commandLine(String only) {
    CommandLine root = new CommandLine(new gractl());
    VERBS.forEach(
        (name, verb) -> {
          if (only == null || only.equals(name)) {
            CommandLine command = new CommandLine(verb.get());
            if (name.equals("exec")) {
              command.setStopAtPositional(true);
              root.addSubcommand(name, command, "execute-command");
            } else {
              root.addSubcommand(name, command);
            }
          }
        });
    return root.setExecutionExceptionHandler(gractl::failed).setParameterExceptionHandler(gractl::misused);
  }

  /** The one place where failures become a line, or JSON, and an exit code. */
  static int failed(Exception e, CommandLine command, ParseResult parsed) throws Exception {
    Global global = Global.of(parsed);
    if (!(e instanceof GraException failure)) {
      if (global.debug) {
        throw e;
      }
      failed(GraException.of("INTERNAL", e.toString(), "--debug, and report it", e), command, parsed);
      return ExitCodes.FAILED;
    }
    if (global.json()) {
      Json.print(Json.failure(failure));
    }
    Messages.ofProcess().error(failure, global.debug);
    return Usage.exitCode(failure);
  }

  static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String verb = command.getCommandSpec().qualifiedName();
    GraException failure = Usage.error(e.getMessage(), verb + " --help");
    List<String> ours = List.of(args).subList(0, List.of(args).contains("--") ? List.of(args).indexOf("--") : args.length);
    if (String.join(" ", ours).matches(".*(-o|--output)[= ]?json.*")) {
      Json.print(Json.failure(failure));
    }
    Messages.ofProcess().error(failure, false);
    return ExitCodes.USAGE;
  }

  /** What every verb takes. */
  static class Global {
    enum Output { text, json }

    @Option(names = {"-o", "--output"}, paramLabel = "text|json", description = "json: one object on stdout (docs/json.md).")
    Output output = Output.text;

    @Option(names = "--server", paramLabel = "ADDRESS", description = "grad's address; by default the local grad.")
    String server;

    @Option(names = "--token-file", paramLabel = "FILE", description = "The bearer token, mode 0600.")
    String tokenFile;

    @Option(names = "--ca-file", paramLabel = "FILE", description = "Certificates to trust, PEM.")
    String caFile;

    @Option(names = "--insecure", description = "Send the token unencrypted to another machine.")
    boolean insecure;

    @Option(names = "--debug", description = "Show stack traces.")
    boolean debug;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this.")
    boolean help;

    boolean json() {
      return output == Output.json;
    }

    Session session(String verb) {
      Map<Key, String> flags = new EnumMap<>(Key.class);
      put(flags, Key.SERVER, server);
      put(flags, Key.TOKEN_FILE, tokenFile);
      put(flags, Key.CA_FILE, caFile);
      put(flags, Key.INSECURE, insecure ? "true" : null);
      Session session = new Session(flags);
      session.telemetry().name("gractl " + verb);
      return session;
    }

    private static void put(Map<Key, String> flags, Key key, String value) {
      if (value != null) {
        flags.put(key, value);
      }
    }

    static Global of(ParseResult parsed) {
      ParseResult last = parsed;
      while (last.hasSubcommand()) {
        last = last.subcommand();
      }
      Object mixin = last.commandSpec().mixins().isEmpty() ? null : last.commandSpec().mixins().get("global").userObject();
      return mixin instanceof Global global ? global : new Global();
    }
  }

  /** A verb that talks to grad. */
  abstract static class Verb implements Callable<Integer> {
    @Mixin Global global;

    @Spec Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      try (Session session = global.session(spec.name())) {
        return run(session);
      }
    }

    abstract int run(Session session) throws Exception;
  }

  @Command(
      name = "exec",
      description = "Runs a command or a script in a runner, by default this workspace's own.",
      customSynopsis = {
        "gractl exec [OPTIONS] -- COMMAND [ARGUMENT...]",
        "       gractl exec [OPTIONS] --file FILE [-- ARGUMENT...]",
        "       gractl exec [OPTIONS] --code TEXT [-- ARGUMENT...]"
      })
  static class ExecVerb extends Verb {
    @Option(names = {"-r", "--runner"}, paramLabel = "NAME", description = "The runner; made if it isn't there.")
    String runner;

    @Option(names = "--file", paramLabel = "FILE", description = "A script on this machine, at most 1 MiB.")
    Path file;

    @Option(names = "--code", paramLabel = "TEXT", description = "A script's text; bash unless told otherwise.")
    String code;

    @Option(names = "--interpreter", paramLabel = "WORDS", description = "What runs the script, e.g. \"python3 -u\".")
    String interpreter;

    @Option(names = {"-e", "--env"}, paramLabel = "NAME[=VALUE]", description = "A variable; without value, ours.")
    List<String> env = new ArrayList<>();

    @Option(names = "--env-file", paramLabel = "FILE", description = "Variables, one a line: the way for secrets.")
    List<Path> envFiles = new ArrayList<>();

    @Option(names = "--cwd", paramLabel = "DIR", description = "Working directory, by default the workspace.")
    String cwd = "";

    @Option(names = "--timeout", paramLabel = "TIME", description = "End the command after this long, e.g. 90s, 5m.")
    String timeout;

    @Option(names = "--orphan-after", paramLabel = "TIME", description = "How long it lives without a client (10m), or never.")
    String orphanAfter;

    @Option(names = "--output-mode", paramLabel = "block|ring", description = "ring: drop the oldest output rather than wait.")
    String outputMode;

    @Option(names = {"-d", "--detach"}, description = "Print the exec's id as soon as it runs, and leave it.")
    boolean detach;

    @Option(names = "-i", description = "Our stdin is the command's; else it has none.")
    boolean stdin;

    @Option(names = "--exec-id", paramLabel = "ID", description = "The same id is never run twice.")
    String execId;

    @Option(names = {"-l", "--label"}, paramLabel = "KEY=VALUE", description = "Label of a runner that is made for it.")
    List<String> labels = new ArrayList<>();

    @Parameters(paramLabel = "COMMAND", description = "The command, or the script's arguments.")
    List<String> argv = new ArrayList<>();

    @Override
    int run(Session session) {
      Start.Builder start = command();
      var ensured = new RunnerPreparation(session).forExec(session.runnerName(runner), RunnerPreparation.labels(labels));
      start
          .setExecId(execId != null ? execId : UUID.randomUUID().toString())
          .setRunner(ensured.runner().getName())
          .setRunnerUid(ensured.runner().getUid())
          .setCwd(cwd)
          .putAllEnv(Environment.collect(env, envFiles, session.environment()))
          .setStdin(stdin)
          .setOutputMode(mode());
      if (timeout != null) {
        start.setTimeout(Durations.parse("--timeout", timeout));
      }
      if (orphanAfter != null || detach) {
        start.setOrphanAfter(Durations.parse("--orphan-after", orphanAfter == null ? "never" : orphanAfter));
      }
      int code = ExecRun.start(session, start.build(), ExecView.plain(global.json(), stdin).in(ensured).detached(detach));
      SelfTraining.ifDue(session, gractl.class.getName(), global.debug);
      return code;
    }

    private Start.Builder command() {
      if (file != null && code != null) {
        throw Usage.error("--file and --code are one too many", "gractl exec --help");
      }
      if (detach && stdin) {
        throw Usage.error("-i and --detach don't go together", "gractl cp FILE : and read it from there");
      }
      Start.Builder start = Start.newBuilder().addAllArgv(argv);
      if (file != null) {
        return start.setScript(Scripts.fromFile(file, interpreter));
      }
      if (code != null) {
        return start.setScript(Scripts.fromText(code, interpreter));
      }
      if (argv.isEmpty()) {
        throw Usage.error("there is no command", "gractl exec -- echo hello");
      }
      return start;
    }

    private OutputMode mode() {
      return switch (outputMode == null ? (detach ? "ring" : "block") : outputMode) {
        case "block" -> OutputMode.OUTPUT_MODE_BLOCK;
        case "ring" -> OutputMode.OUTPUT_MODE_RING;
        default -> throw Usage.error("--output-mode " + outputMode + ": no such mode", "block or ring");
      };
    }
  }

  @Command(
      name = "cp",
      description = {
        "Copies a file or a tree between here and a runner, checked by SHA-256.",
        "RUNNER:PATH or :PATH (this workspace's runner) is there, all else here."
      })
  static class CpVerb extends Verb {
    @Parameters(index = "0", paramLabel = "FROM")
    String from;

    @Parameters(index = "1", paramLabel = "TO")
    String to;

    @Override
    int run(Session session) {
      return new Copy(session).copy(from, to);
    }
  }

  @Command(name = "runners", description = "Makes, shows and deletes runners.", synopsisSubcommandLabel = "VERB",
      subcommands = {RunnersCreate.class, RunnersList.class, RunnersGet.class, RunnersDelete.class})
  static class RunnersVerb {}

  @Command(name = "create", description = "Makes a runner; an existing one is adopted if it is as asked.")
  static class RunnersCreate extends Verb {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "By default this workspace's own.")
    String name;

    @Option(names = "--preset", paramLabel = "SIZE", description = "small, medium, large.")
    String preset = "";

    @Option(names = "--image", paramLabel = "IMAGE", description = "Container image (Kubernetes only).")
    String image = "";

    @Option(names = "--idle-timeout", paramLabel = "TIME", description = "How long it may be unused: 60m, never.")
    String idleTimeout;

    @Option(names = {"-l", "--label"}, paramLabel = "KEY=VALUE")
    List<String> labels = new ArrayList<>();

    @Option(names = "--new", description = "Fail if it is there already.")
    boolean mustBeNew;

    @Override
    int run(Session session) {
      RunnerSpec.Builder runnerSpec = RunnerSpec.newBuilder().setPreset(preset).setImage(image);
      if (idleTimeout != null) {
        runnerSpec.setIdleTimeout(Durations.parse("--idle-timeout", idleTimeout));
      }
      var request = EnsureRunnerRequest.newBuilder()
          .setName(session.runnerName(name))
          .setSpec(runnerSpec)
          .putAllLabels(RunnerPreparation.labels(labels))
          .setMustBeNew(mustBeNew);
      var ensured = new RunnerPreparation(session).ensure(request.build());
      show(global, ensured.runner(), Map.of("created", ensured.created()));
      return 0;
    }
  }

  @Command(name = "list", description = "Lists runners.")
  static class RunnersList extends Verb {
    @Option(names = {"-l", "--label"}, paramLabel = "KEY=VALUE", description = "Only those with this label.")
    List<String> labels = new ArrayList<>();

    @Override
    int run(Session session) {
      List<Runner> runners = session.client().runners().list(RunnerPreparation.labels(labels));
      if (global.json()) {
        Map<String, Object> json = Json.object("RunnerList");
        json.put("runners", runners.stream().map(Views::runner).toList());
        Json.print(json);
        return 0;
      }
      Table table = new Table("NAME", "STATE", "AGE", "PRESET", "UID");
      runners.forEach(r -> table.row(r.getName(), Views.state(r), Views.age(r.getCreateTime()), r.getSpec().getPreset(), r.getUid()));
      System.out.print(table);
      return 0;
    }
  }

  @Command(name = "get", description = "Shows a runner.")
  static class RunnersGet extends Verb {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "By default this workspace's own.")
    String name;

    @Override
    int run(Session session) {
      show(global, session.client().runners().get(session.runnerName(name)), Map.of());
      return 0;
    }
  }

  @Command(name = "delete", description = "Ends a runner's commands, and the runner with its workspace.")
  static class RunnersDelete extends Verb {
    @Parameters(paramLabel = "NAME", arity = "1..*")
    List<String> names;

    @Option(names = "--uid", paramLabel = "UID", description = "Only the runner that has it.")
    String uid = "";

    @Override
    int run(Session session) {
      for (String name : names) {
        session.client().runners().delete(name, uid);
        session.messages().say("runner " + name + " is deleted");
      }
      return 0;
    }
  }

  static void show(Global global, Runner runner, Map<String, Object> more) {
    Map<String, Object> json = Json.object("Runner");
    json.putAll(Views.runner(runner));
    json.putAll(more);
    if (global.json()) {
      Json.print(json);
    } else {
      json.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
    }
  }

  @Command(name = "execs", description = "Shows, joins and ends execs.", synopsisSubcommandLabel = "VERB",
      subcommands = {ExecsList.class, ExecsGet.class, ExecsAttach.class, ExecsCancel.class, ExecsLogs.class})
  static class ExecsVerb {}

  /** A verb about one exec: its runner is as told, as recorded when it began, or the workspace's. */
  abstract static class ExecVerbBase extends Verb {
    @Option(names = {"-r", "--runner"}, paramLabel = "NAME", description = "Its runner.")
    String runner;

    @Parameters(index = "0", paramLabel = "ID")
    String execId;

    Optional<FollowUp.Entry> record(Session session) throws IOException {
      return FollowUp.read(session.home(), execId).filter(e -> runner == null || runner.equals(e.runner()));
    }

    String runner(Session session) throws IOException {
      return record(session).map(FollowUp.Entry::runner).orElseGet(() -> session.runnerName(runner));
    }
  }

  @Command(name = "list", description = "Lists a runner's execs, newest first.")
  static class ExecsList extends Verb {
    @Option(names = {"-r", "--runner"}, paramLabel = "NAME", description = "By default this workspace's own.")
    String runner;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (100).")
    int limit = 100;

    @Override
    int run(Session session) {
      List<Exec> execs = session.client().execs().list(session.runnerName(runner), limit);
      if (global.json()) {
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

  @Command(name = "get", description = "Shows an exec.")
  static class ExecsGet extends ExecVerbBase {
    @Override
    int run(Session session) throws IOException {
      Map<String, Object> json = Json.object("Exec");
      json.putAll(Views.exec(session.client().execs().get(runner(session), execId)));
      if (global.json()) {
        Json.print(json);
      } else {
        json.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
      }
      return 0;
    }
  }

  @Command(name = "attach", description = {
      "Joins an exec as its writer: output from where a killed gractl had stopped, signals, and the exit code."})
  static class ExecsAttach extends ExecVerbBase {
    @Option(names = "-i", description = "Our stdin is the command's from here on.")
    boolean stdin;

    @Option(names = "--from-start", description = "All output that is still there.")
    boolean fromStart;

    @Override
    int run(Session session) throws IOException {
      Optional<FollowUp.Entry> record = record(session);
      String name = runner(session);
      String uid = record.map(FollowUp.Entry::runnerUid).orElseGet(() -> session.runnerUid(name));
      Cursors cursors = fromStart ? Cursors.getDefaultInstance() : record.map(FollowUp.Entry::cursors).orElse(Cursors.getDefaultInstance());
      if (cursors.getStdout() + cursors.getStderr() > 0) {
        session.messages().say("going on at byte " + cursors.getStdout() + " of stdout, " + cursors.getStderr() + " of stderr");
      }
      Attach attach = Attach.newBuilder().setExecId(execId).setRunner(name).setRunnerUid(uid).setCursors(cursors).setWriter(true).build();
      return ExecRun.attach(session, attach, ExecView.plain(global.json(), stdin));
    }
  }

  @Command(name = "cancel", description = "Ends an exec at once.")
  static class ExecsCancel extends ExecVerbBase {
    @Override
    int run(Session session) throws IOException {
      Exec exec = session.client().execs().cancel(runner(session), execId, "");
      if (global.json()) {
        Map<String, Object> json = Json.object("Exec");
        json.putAll(Views.exec(exec));
        Json.print(json);
      } else {
        session.messages().say("the command " + Endings.describe(exec.getEnded().getEnding()));
      }
      return 0;
    }
  }

  @Command(name = "logs", description = "Prints an exec's output so far, without taking part in it.")
  static class ExecsLogs extends ExecVerbBase {
    @Option(names = {"-f", "--follow"}, description = "Go on until it ends.")
    boolean follow;

    @Override
    int run(Session session) throws Exception {
      return new ExecLogs(session).print(runner(session), execId, follow);
    }
  }

  @Command(name = "local", description = "The grad of this machine.", synopsisSubcommandLabel = "VERB",
      subcommands = {LocalStart.class, LocalStop.class, LocalStatus.class})
  static class LocalVerb {}

  @Command(name = "start", description = "Starts grad here, unless it runs; from then on gractl starts it when needed.")
  static class LocalStart extends Verb {
    @Option(names = "--isolation", paramLabel = "auto|bubblewrap|none", description = "none gives commands all that you have.")
    String isolation = LocalChoice.DEFAULT.isolation();

    @Option(names = "--idle-timeout", paramLabel = "TIME", description = "After which grad ends by itself (30m), or never.")
    String idleTimeout = LocalChoice.DEFAULT.idleTimeout();

    @Option(names = "--network", paramLabel = "host|none", description = "What commands in a sandbox can reach.")
    String network = LocalChoice.DEFAULT.network();

    @Override
    int run(Session session) {
      boolean ran = session.localGrad().running().isPresent();
      GradFile grad = session.localGrad().start(new LocalChoice(isolation, idleTimeout, network));
      if (!ran && grad.isolation().equals("none")) {
        session.messages().say("isolation none: commands can do all that you can");
      }
      LocalStatus.show(global, grad, ran ? "grad runs already" : "grad is ready");
      return 0;
    }
  }

  @Command(name = "stop", description = "Stops grad and ends its runners with their workspaces. The next exec starts grad again.")
  static class LocalStop extends Verb {
    @Option(names = "--keep-runners", description = "Leave runners and their commands running.")
    boolean keepRunners;

    @Override
    int run(Session session) {
      boolean ran = session.localGrad().stop(keepRunners);
      session.messages().say(!ran ? "grad doesn't run" : keepRunners ? "grad is stopped; its runners go on" : "grad is stopped, and its runners are ended");
      return 0;
    }
  }

  @Command(name = "status", description = "Shows whether grad runs here. Exit code 1 if it doesn't.")
  static class LocalStatus extends Verb {
    @Override
    int run(Session session) {
      Optional<GradFile> grad = session.localGrad().running();
      if (grad.isEmpty()) {
        if (global.json()) {
          Map<String, Object> json = Json.object("LocalGrad");
          json.put("running", false);
          Json.print(json);
        } else {
          session.messages().say("grad doesn't run here. Try: gractl local start");
        }
        return 1;
      }
      show(global, grad.get(), "grad runs");
      return 0;
    }

    static void show(Global global, GradFile grad, String title) {
      if (global.json()) {
        Map<String, Object> json = Json.object("LocalGrad");
        json.put("running", true);
        json.putAll(grad.toJson());
        Json.print(json);
      } else {
        System.out.println(title + ": pid " + grad.pid() + ", " + grad.grpcAddress() + ", isolation " + grad.isolation() + ", state in " + grad.stateDirectory());
      }
    }
  }

  @Command(name = "config", description = "Settings: flags, then GRA_* variables, then .gractl.toml, then your own file.",
      synopsisSubcommandLabel = "VERB", subcommands = {ConfigList.class, ConfigGet.class, ConfigSet.class, ConfigUseCluster.class})
  static class ConfigVerb {}

  @Command(name = "list", description = "Shows all settings and where each came from.")
  static class ConfigList extends Verb {
    @Override
    int run(Session session) {
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
      if (global.json()) {
        Json.print(json);
      } else {
        System.out.print(table);
      }
      return 0;
    }
  }

  @Command(name = "get", description = "Prints one setting.")
  static class ConfigGet extends Verb {
    @Parameters(paramLabel = "KEY")
    String key;

    @Override
    int run(Session session) {
      Key known = Key.of(key).orElseThrow(() -> Settings.unknown("", key));
      System.out.println(session.settings().value(known).orElse(known == Key.RUNNER ? session.runnerName() : ""));
      return 0;
    }
  }

  @Command(name = "set", description = "Sets one in your own file, or with --workspace in .gractl.toml.")
  static class ConfigSet extends Verb {
    @Parameters(index = "0", paramLabel = "KEY")
    String key;

    @Parameters(index = "1", paramLabel = "VALUE")
    String value;

    @Option(names = "--workspace", description = "For everybody in this directory's tree.")
    boolean workspace;

    @Override
    int run(Session session) throws IOException {
      Key known = Key.of(key).orElseThrow(() -> Settings.unknown("", key));
      if (workspace && !known.workspaceMaySet()) {
        throw Usage.error(key + " can't be set for a workspace", "gractl config set " + key + " VALUE");
      }
      Path file = workspace
          ? session.settings().workspaceFile().orElse(WorkspaceRunner.root(session.directory()).resolve(Settings.WORKSPACE_FILE))
          : session.settings().userFile();
      Settings.write(file, known, value);
      session.messages().say(key + " is set in " + file);
      return 0;
    }
  }

  @Command(name = "use-cluster", description = "Uses grad in a Kubernetes cluster.")
  static class ConfigUseCluster extends Verb {
    @Override
    int run(Session session) {
      throw GraException.of("NOT_YET", "use-cluster comes with the Kubernetes runtime, which this version doesn't have",
          "gractl local start, or --server https://HOST --token-file FILE");
    }
  }

  @Command(name = "doctor", description = "Looks at all that gra needs here, with a fix for what is missing.")
  static class DoctorVerb extends Verb {
    @Override
    int run(Session session) {
      List<Doctor.Finding> findings = new Doctor(session).examine();
      if (global.json()) {
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

  @Command(name = "install", description = "Puts a gractl on PATH that starts several times faster than by JBang.")
  static class InstallVerb extends Verb {
    @Option(names = "--dir", paramLabel = "DIR", description = "Where to (~/.local/bin).")
    Path directory;

    @Override
    int run(Session session) {
      Path launcher = new Installer(session).install(directory, gractl.class.getName());
      boolean onPath = Installer.onPath(launcher, session.environment());
      session.messages().say("installed " + launcher + (onPath ? "" : ". Try: export PATH=\"" + launcher.getParent() + ":$PATH\""));
      return 0;
    }
  }

  @Command(name = "completion", description = "Prints the completion script for bash, which zsh takes too: source <(gractl completion bash)")
  static class CompletionVerb extends Verb {
    @Parameters(paramLabel = "bash|zsh", arity = "0..1")
    String shell = "bash";

    @Override
    int run(Session session) {
      System.out.print(AutoComplete.bash("gractl", commandLine(null)));
      return 0;
    }
  }

  @Command(name = "version", description = "Prints the version, and grad's.")
  static class VersionVerb extends Verb {
    @Override
    int run(Session session) {
      Optional<GradFile> grad = session.localGrad().running();
      if (global.json()) {
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
