package dev.gra.client.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What gractl does while its AOT cache is recorded: an exec as real as it can be, against a {@link
 * PretendGrad}, so that no grad is needed. Closing it ends that.
 *
 * @param byTls the options of gractl that lead to the server by TLS, as one leads to a cluster's;
 *     none if it shall not be
 */
public record Training(Process server, List<String> byTls) implements AutoCloseable {
  /** The hidden verb. */
  public static final String VERB = "__train";

  private static final String BY_TLS = "by-tls";

  /** What records a cache. Nothing of ours is in its environment: it must not call a real grad. */
  static List<String> command(
      List<Path> jars, String mainClass, Path cache, Path scratch, boolean byTls) {
    List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i"));
    for (String variable : List.of("GRA_HOME", "HOME", "XDG_CONFIG_HOME")) {
      command.add(variable + "=" + scratch);
    }
    command.add(Installer.java());
    command.addAll(Installer.JVM);
    // By the first compiler alone: profiles in the cache would bring the second one in early.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:AOTCacheOutput=" + cache));
    command.addAll(List.of("-cp", Installer.classPath(jars), mainClass));
    command.addAll(List.of(VERB, scratch.toString()));
    if (byTls) {
      command.add(BY_TLS);
    }
    return command;
  }

  /**
   * Puts a made-up grad into a state directory, which must be this process' GRA_HOME.
   *
   * @param arguments of the verb: the directory, and whether it is by TLS too
   */
  public static Training begin(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Installer.java(), "-cp", System.getProperty("java.class.path")));
    command.add(PretendGrad.class.getName());
    command.addAll(arguments);
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader said = server.inputReader();
    String line = said.readLine();
    if (line == null) {
      throw new IOException("there is nobody to train with");
    }
    return new Training(server, line.isEmpty() ? List.of() : List.of(line.split(" ", -1)));
  }

  @Override
  public void close() {
    server.destroy();
  }
}
