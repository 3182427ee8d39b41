package dev.gra.runnerd.process;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What to run.
 *
 * @param argv the program and its arguments; the program is looked up on the PATH of {@code env}
 *     unless it has a '/'
 * @param env the whole environment; nothing is inherited. Its GRA_EXEC_ID is one of the marks of
 *     the process tree.
 * @param cwd the working directory, absolute
 * @param stdin true: a pipe; false: /dev/null
 */
public record Command(List<String> argv, Map<String, String> env, String cwd, boolean stdin) {

  /**
   * Checks that argv is not empty, that nothing has a NUL, and that names of variables have neither
   * '='.
   */
  public Command {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    Objects.requireNonNull(cwd, "cwd");
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("argv is empty");
    }
    for (String argument : argv) {
      refuseNul("an argument", argument);
    }
    env.forEach(
        (name, value) -> {
          refuseNul("a variable's name", name);
          refuseNul("variable " + name, value);
          if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new IllegalArgumentException("not a variable's name: '" + name + "'");
          }
        });
    refuseNul("cwd", cwd);
    if (!cwd.startsWith("/")) {
      throw new IllegalArgumentException("cwd is not absolute: " + cwd);
    }
  }

  private static void refuseNul(String what, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " has a NUL");
    }
  }
}
