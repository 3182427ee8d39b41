package dev.gra.client.cluster;

import dev.gra.client.local.GradFile;
import dev.gra.client.local.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a tunnel says of itself. One that was killed leaves it behind.
 *
 * @param pid of its keeper
 * @param port of this machine that leads to grad, as long as the keeper lives
 * @param started when
 * @param context that it is for
 * @param namespace that it is for
 * @param trouble why grad can't be reached by it now; empty if it can
 */
public record TunnelFile(
    long pid, int port, Instant started, String context, String namespace, String trouble) {
  public TunnelFile {
    Objects.requireNonNull(started);
    Objects.requireNonNull(context);
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(trouble);
  }

  TunnelFile withTrouble(String why) {
    return new TunnelFile(pid, port, started, context, namespace, why);
  }

  /** Reads it; empty if there is none, or a damaged one, which a new tunnel writes anew. */
  static Optional<TunnelFile> read(Path file) {
    try {
      StateFile content = StateFile.read(file);
      return Optional.of(
          new TunnelFile(
              content.number("pid"),
              Math.toIntExact(content.number("port")),
              Instant.parse(content.text("startTime")),
              content.text("context"),
              content.text("namespace"),
              content.text("trouble")));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    StateFile.write(file, toJson());
  }

  /** Whether its keeper is there, and not another process that got its number. */
  boolean lives(Path file) {
    List<String> words = GradFile.commandLine(pid).orElseGet(this::arguments);
    return words.contains(TunnelKeeper.class.getName()) && words.contains(file.toString());
  }

  // Where there is no /proc; slower, so it is asked second.
  private List<String> arguments() {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().arguments())
        .map(List::of)
        .orElse(List.of());
  }

  /** As it stands in the file, and for {@code -o json}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("pid", pid);
    json.put("port", port);
    json.put("startTime", started.toString());
    json.put("context", context);
    json.put("namespace", namespace);
    json.put("trouble", trouble);
    return json;
  }
}
