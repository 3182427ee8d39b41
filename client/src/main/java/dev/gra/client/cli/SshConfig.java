package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import dev.gra.client.ssh.ConfigBlock;
import dev.gra.client.ssh.SshHost;
import dev.gra.client.ssh.SshOptions;
import dev.gra.client.workspace.PlannedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Writes down for ssh, and all that use it, how runners are reached. */
public final class SshConfig {
  private final Session session;

  /** For one run. */
  public SshConfig(Session session) {
    this.session = session;
  }

  /** The lines. */
  public String text() {
    return block().text();
  }

  /** Puts them into a file, null meaning the user's own; answers what became of it. */
  public Map<String, Object> write(Path file) {
    ConfigBlock block = block();
    return change(file, content -> block.in(name(file), content));
  }

  /** Takes them out. */
  public Map<String, Object> remove(Path file) {
    return change(file, content -> ConfigBlock.outOf(name(file), content));
  }

  private ConfigBlock block() {
    // It is for every day: what JBang made of the script may be gone tomorrow.
    Path gractl =
        Programs.find(session.environment(), "gractl")
            .orElseThrow(
                () ->
                    GraException.of(
                        "NOT_INSTALLED",
                        "ssh would run gractl, which is not on PATH",
                        "./jbang scripts/gractl.java install"));
    List<String> proxy = new ArrayList<>(List.of("env"));
    session.handedOn().forEach((name, value) -> proxy.add(name + "=" + value));
    proxy.addAll(List.of(gractl.toString(), Ssh.CONNECT));
    return new ConfigBlock(new SshOptions(session.home(), proxy));
  }

  private String name(Path given) {
    return file(given).toString();
  }

  private Path file(Path given) {
    return given == null ? session.path("~/.ssh/config") : session.directory().resolve(given);
  }

  private Map<String, Object> change(Path given, UnaryOperator<ByteString> change) {
    Path file = file(given);
    try {
      Optional<ByteString> before = PlannedFile.read(file);
      ByteString after = change.apply(before.orElse(ByteString.EMPTY));
      boolean changed = !after.equals(before.orElse(ByteString.EMPTY));
      if (changed) {
        if (!Files.isDirectory(file.getParent())) {
          GraHome.privateDirectory(file.getParent());
        }
        if (before.isEmpty()) {
          GraHome.privateFile(file, "");
          before = Optional.of(ByteString.EMPTY);
        }
        new PlannedFile(file, "for ssh", before, after).write();
      }
      Map<String, Object> json = Json.object("SshConfig");
      json.put("file", file.toString());
      json.put("changed", changed);
      json.put("host", new SshHost(session.home(), session.runnerName()).name());
      return json;
    } catch (IOException e) {
      throw GraException.of(
          "SSH_CONFIG", file + " can't be written: " + e.getMessage(), "--print", e);
    }
  }
}
