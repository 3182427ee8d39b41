package dev.gra.client.local;

import dev.gra.client.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a running grad says of itself in its state directory. A killed one leaves it behind.
 *
 * @param pid its process
 * @param grpcAddress host:port
 * @param httpAddress host:port, of health, metrics and the status page
 * @param tokenFile where the client's token is
 * @param isolation how its runners are kept apart
 * @param stateDirectory where it keeps its runners
 * @param version of gra
 */
public record GradFile(
    long pid,
    String grpcAddress,
    String httpAddress,
    Path tokenFile,
    String isolation,
    Path stateDirectory,
    String version) {
  private static final Path PROC = Path.of("/proc");

  public GradFile {
    Objects.requireNonNull(grpcAddress);
    Objects.requireNonNull(httpAddress);
    Objects.requireNonNull(tokenFile);
    Objects.requireNonNull(stateDirectory);
  }

  /** Reads it; empty if there is none. */
  public static Optional<GradFile> read(GraHome home) {
    try {
      StateFile file = StateFile.read(home.gradFile());
      return Optional.of(
          new GradFile(
              file.number("pid"),
              file.text("grpcAddress"),
              file.text("httpAddress"),
              Path.of(file.text("tokenFile")),
              file.text("isolation"),
              Path.of(file.text("stateDirectory")),
              file.text("version")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw dev.gra.client.GraException.of(
          "BAD_GRAD_FILE", home.gradFile() + " is damaged: " + e, "gractl local start", e);
    }
  }

  /** Reads it; empty if there is none, or none that lives. */
  public static Optional<GradFile> running(GraHome home) {
    return read(home).filter(GradFile::lives);
  }

  /** True if the process is there and is this directory's grad, not another that got its number. */
  public boolean lives() {
    // ProcessHandle starts threads: it is asked only where there is no /proc.
    return Files.isDirectory(PROC)
        ? commandLine(pid).map(this::isOurs).orElse(false)
        : ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private boolean isOurs(List<String> commandLine) {
    return commandLine.contains(stateDirectory.toString())
        || commandLine.contains("--state-directory=" + stateDirectory);
  }

  /** The words that a process was started with; empty if there is none, or no /proc. */
  public static Optional<List<String>> commandLine(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("cmdline"));
      return Optional.of(List.of(new String(bytes, StandardCharsets.UTF_8).split("\0")));
    } catch (IOException e) {
      // There is no such process.
      return Optional.empty();
    }
  }

  /** Where to talk to it. */
  public Endpoint endpoint() {
    return Endpoint.parse(grpcAddress, false, Optional.empty(), Optional.of(tokenFile));
  }

  /** As it stands in the file, and for {@code -o json}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("pid", pid);
    json.put("grpcAddress", grpcAddress);
    json.put("httpAddress", httpAddress);
    json.put("tokenFile", tokenFile.toString());
    json.put("isolation", isolation);
    json.put("stateDirectory", stateDirectory.toString());
    json.put("version", version);
    return json;
  }
}
