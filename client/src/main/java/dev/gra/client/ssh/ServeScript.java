package dev.gra.client.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The command in a runner that serves one connection. */
public final class ServeScript {
  private ServeScript() {}

  /**
   * Its words.
   *
   * @param key who may log in
   * @param user as whom
   */
  public static List<String> command(ClientKey key, String user) {
    return List.of("sh", "-c", text(), "gra-ssh", key.text(), key.fileName(), user);
  }

  private static String text() {
    try (InputStream in = ServeScript.class.getResourceAsStream("serve.sh")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
