package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.config.Key;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A verb of the command line. Its options are fields, declared as a person reads them in the help:
 * {@code final One runner = option("-r, --runner NAME", "The runner")}. Built without annotations,
 * whose reflection would cost a tenth of a second at each start.
 */
public abstract class Verb {
  /** What picocli calls. */
  static final class Entry implements Callable<Integer> {
    private Verb verb;

    Verb verb() {
      return verb;
    }

    @Override
    public Integer call() throws Exception {
      return verb.call();
    }
  }

  /** A value, if it was given. */
  public record One(OptionSpec spec) {
    /** The value, or null. */
    public String get() {
      return spec.getValue();
    }

    /** The value, or another. */
    public String or(String otherwise) {
      return get() == null ? otherwise : get();
    }

    /** Whether it was given. */
    public boolean given() {
      return get() != null;
    }

    /** The value as a path, or null. */
    public Path path() {
      return get() == null ? null : Path.of(get());
    }
  }

  /** Any number of values. */
  public record Many(OptionSpec spec) {
    /** The values. */
    public List<String> get() {
      List<String> values = spec.getValue();
      return values == null ? List.of() : values;
    }

    /** The values as paths. */
    public List<Path> paths() {
      return get().stream().map(Path::of).toList();
    }
  }

  /** A switch. */
  public record Flag(OptionSpec spec) {
    /** Whether it is on. */
    public boolean on() {
      return Boolean.TRUE.equals(spec.getValue());
    }
  }

  /** What stands without a name. */
  public record Arguments(PositionalParamSpec spec) {
    /** All of it. */
    public List<String> get() {
      List<String> values = spec.getValue();
      return values == null ? List.of() : values;
    }

    /** The first, or null. */
    public String first() {
      return get().isEmpty() ? null : get().getFirst();
    }
  }

  /** It prints stack traces of what is told in a line. Held, or its level would be forgotten. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private final Entry entry = new Entry();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(entry);
  private final Map<Key, One> settings = new EnumMap<>(Key.class);
  private final One output;
  private final Flag debug;

  /**
   * A verb that talks to grad.
   *
   * @param name one word
   * @param description for the help
   */
  protected Verb(String name, String... description) {
    this.spec.name(name).usageMessage().width(100).description(description);
    output = option("-o, --output text|json", "json: one object on stdout (docs/json.md).");
    settings.put(Key.SERVER, option("--server ADDRESS", "grad's address, or cluster, or local."));
    settings.put(Key.TOKEN_FILE, option("--token-file FILE", "The bearer token, mode 0600."));
    settings.put(Key.CA_FILE, option("--ca-file FILE", "Certificates to trust, PEM."));
    settings.put(Key.OWNER, option("--owner SUBJECT", "For admins: whose runners to call for."));
    Flag insecure = flag("--insecure", "Send the token unencrypted to another machine.");
    settings.put(Key.INSECURE, new One(insecure.spec()));
    debug = flag("--debug", "Show stack traces.");
    help(spec);
  }

  /** A verb with verbs of its own. */
  public static CommandLine group(String name, String description, Verb... verbs) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().width(100).description(description).synopsisSubcommandLabel("VERB");
    help(spec);
    for (Verb verb : verbs) {
      spec.addSubcommand(verb.spec.name(), verb.commandLine());
    }
    return new CommandLine(spec);
  }

  /** The option that shows the help. */
  public static void help(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .usageHelp(true)
            .description("Shows this.")
            .build());
  }

  /** Ready to be run. */
  public CommandLine commandLine() {
    entry.verb = this;
    return new CommandLine(spec);
  }

  /** What it does; answers the exit code. */
  protected abstract int run(Session session) throws Exception;

  /** An option with a value: {@code "-r, --runner NAME"}. */
  protected final One option(String declaration, String help) {
    return new One(add(named(declaration, help).type(String.class).arity("1").build()));
  }

  /** An option that may be given many times. */
  protected final Many options(String declaration, String help) {
    return new Many(
        add(
            named(declaration, help)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .build()));
  }

  /** A switch. */
  protected final Flag flag(String declaration, String help) {
    return new Flag(add(named(declaration, help).type(boolean.class).arity("0").build()));
  }

  /** What stands without a name, {@code "1"}, {@code "0..1"} or {@code "0..*"} times. */
  protected final Arguments arguments(String label, String arity, String help) {
    PositionalParamSpec arguments =
        PositionalParamSpec.builder()
            .paramLabel(label)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity(arity)
            .index("0..*")
            .hideParamSyntax(true)
            .description(help)
            .build();
    spec.addPositional(arguments);
    return new Arguments(arguments);
  }

  /** The lines that the help begins with. */
  protected final void synopsis(String... lines) {
    spec.usageMessage().customSynopsis(lines);
  }

  private OptionSpec add(OptionSpec option) {
    spec.addOption(option);
    return option;
  }

  private static OptionSpec.Builder named(String declaration, String help) {
    List<String> names = new ArrayList<>();
    String label = "";
    for (String word : declaration.split("[, ]+", -1)) {
      if (word.startsWith("-")) {
        names.add(word);
      } else {
        label = word;
      }
    }
    return OptionSpec.builder(names.toArray(String[]::new)).paramLabel(label).description(help);
  }

  /** Whether JSON is wanted. */
  public final boolean json() {
    return switch (output.or("text")) {
      case "json" -> true;
      case "text" -> false;
      default -> throw Usage.error("-o " + output.get() + ": no such output", "-o json");
    };
  }

  /** Whether stack traces are wanted. */
  public final boolean debug() {
    return debug.on();
  }

  private Integer call() throws Exception {
    Map<Key, String> flags = new EnumMap<>(Key.class);
    settings.forEach(
        (key, option) ->
            Optional.ofNullable(option.spec().getValue())
                .filter(value -> !Boolean.FALSE.equals(value))
                .ifPresent(value -> flags.put(key, value.toString())));
    json();
    if (!debug()) {
      GRPC.setLevel(Level.OFF);
    }
    try (Session session = new Session(flags)) {
      session.telemetry().name(spec.qualifiedName());
      try {
        return run(session);
      } catch (GraException e) {
        throw session.failed(e);
      }
    }
  }
}
