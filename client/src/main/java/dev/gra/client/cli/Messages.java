package dev.gra.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gra.client.GraException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** What gractl itself says: always on stderr, one line each, beginning with its name. */
public final class Messages {
  private final PrintStream err;
  private final boolean terminal;
  private boolean transientLine;
  private BufferedReader answers;

  Messages(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Those of this process. */
  public static Messages ofProcess() {
    return new Messages(System.err, isTerminal(2) && !agents(System.getenv()));
  }

  /** Whether the terminal is one that Gemini CLI made: to it, silence there is death too. */
  static boolean agents(Map<String, String> environment) {
    return environment.containsKey("GEMINI_CLI");
  }

  /** Whether a person looks at stderr. */
  public boolean terminal() {
    return terminal;
  }

  /** A line that stays. */
  public synchronized void say(String line) {
    clear();
    err.println("gractl: " + line);
  }

  /** Asks on the terminal; all but a yes is a no. */
  public synchronized boolean ask(String question) {
    clear();
    err.print("gractl: " + question + " [y/N] ");
    err.flush();
    try {
      if (answers == null) {
        // One for all questions: it reads ahead.
        answers = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      }
      String answer = answers.readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line that the next one replaces; nothing where stderr isn't a terminal. */
  public synchronized void progress(String line) {
    if (terminal) {
      err.print("\r\u001b[Kgractl: " + line);
      err.flush();
      transientLine = true;
    }
  }

  /** Takes the last progress line away. */
  public synchronized void clear() {
    if (transientLine) {
      err.print("\r\u001b[K");
      err.flush();
      transientLine = false;
    }
  }

  /** What went wrong and what helps. */
  public void error(GraException failure, boolean debug) {
    say(line(failure));
    if (debug) {
      failure.printStackTrace(err);
    }
  }

  /** {@code what: why. Try: …} */
  static String line(GraException failure) {
    String message = failure.getMessage().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    String field = failure.metadata().get("field");
    String what = field == null || message.contains(field) ? message : field + ": " + message;
    String sentence = what.endsWith(".") ? what : what + ".";
    return failure.hint().map(hint -> sentence + " Try: " + hint).orElse(sentence);
  }

  /** Whether a descriptor of this process is a terminal; the JDK only says so of both together. */
  static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      // No /proc: what the JDK says of stdin and stdout is the next best sign.
      return System.console().isTerminal();
    }
  }
}
