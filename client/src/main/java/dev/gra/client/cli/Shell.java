package dev.gra.client.cli;

import dev.gra.client.GraException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place where what goes wrong becomes a line or JSON, and an exit code. */
public final class Shell {
  /** Runs a command line; answers the exit code. */
  public static int run(CommandLine commandLine, String... args) {
    return commandLine
        .setExecutionExceptionHandler(Shell::failed)
        .setParameterExceptionHandler(Shell::misused)
        .execute(args);
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    boolean debug = command.getCommand() instanceof Verb.Entry entry && entry.verb().debug();
    GraException failure =
        e instanceof GraException known
            ? known
            : GraException.of("INTERNAL", "unexpected: " + e, "the same with --debug", e);
    if (wantsJson(parsed.originalArgs())) {
      Json.print(Json.failure(failure));
    }
    Messages.ofProcess().error(failure, debug);
    return Usage.exitCode(failure);
  }

  private static int misused(ParameterException e, String[] args) {
    String verb = e.getCommandLine().getCommandSpec().qualifiedName();
    GraException failure = Usage.error(e.getMessage(), verb + " --help");
    if (wantsJson(List.of(args))) {
      Json.print(Json.failure(failure));
    }
    Messages.ofProcess().error(failure, false);
    return ExitCodes.USAGE;
  }

  // Looked up in the words themselves: a line that can't be parsed may still say it.
  private static boolean wantsJson(List<String> args) {
    int end = args.indexOf("--");
    String ours = String.join(" ", args.subList(0, end < 0 ? args.size() : end));
    return (" " + ours + " ").matches("(?s).* (-o ?|-o=|--output[ =])json .*");
  }

  private Shell() {}
}
