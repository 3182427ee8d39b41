package dev.gra.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The two ends of a copy: both want sh, GNU tar and coreutils. Those that receive run here too;
 * they read {@link Pieces}.
 */
final class CopyScripts {
  /** What it is and about how large, then a tar of it, then its SHA-256. */
  static List<String> send(String source) {
    return command(List.of("cp-sum.sh", "cp-give.sh", "cp-send.sh"), source);
  }

  /** Takes a tar of one file, or of a tree. */
  static List<String> receive(String kind, String destination, String name) {
    return command(
        List.of("cp-sum.sh", "cp-take.sh", "cp-place.sh", "cp-receive.sh"),
        kind,
        destination,
        name);
  }

  /** A file without a tar around it. */
  static List<String> sendStream(String source) {
    return command(List.of("cp-sum.sh", "cp-give.sh", "cp-send-stream.sh"), source);
  }

  /** Takes what becomes a file. */
  static List<String> receiveStream(String destination) {
    return command(List.of("cp-sum.sh", "cp-take.sh", "cp-receive-stream.sh"), destination);
  }

  private static List<String> command(List<String> parts, String... arguments) {
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(resource(part)));
    List<String> command = new ArrayList<>(List.of("sh", "-c", text.toString(), "gra-cp"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String resource(String name) {
    try (InputStream in = CopyScripts.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CopyScripts() {}
}
