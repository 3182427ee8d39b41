package dev.gra.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The two ends of a copy. Either runs here or in the runner: both want sh, GNU tar, find,
 * sha256sum.
 */
final class CopyScripts {
  static List<String> send(String source) {
    return command(List.of("cp-digest.sh", "cp-send.sh"), source);
  }

  /** Says kind and digest only. */
  static List<String> digest(String source) {
    return command(List.of("cp-digest.sh", "cp-send.sh"), source, "digest-only");
  }

  static List<String> receive(String kind, String digest, String destination, String name) {
    return command(
        List.of("cp-digest.sh", "cp-place.sh", "cp-receive.sh"), kind, digest, destination, name);
  }

  /** A file, and its digest before it. */
  static List<String> sendStream(String source) {
    return command(List.of("cp-send-stream.sh"), source);
  }

  /** A file, with its digest after it. */
  static List<String> receiveStream(String destination) {
    return command(List.of("cp-receive-stream.sh"), destination);
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
