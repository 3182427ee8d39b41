package dev.gra.client.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs of this machine. */
public final class Commands {
  /**
   * Runs one to its end; answers what it printed on stdout and stderr.
   *
   * @throws IOException if it isn't there or fails; with what it said
   */
  public static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = await(process);
    if (code != 0) {
      throw new IOException(command.getFirst() + " failed (" + code + "): " + said.strip());
    }
    return said;
  }

  /** Waits for a process; interrupted, it ends it. */
  public static int await(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Commands() {}
}
