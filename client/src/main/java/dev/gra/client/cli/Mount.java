package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import dev.gra.client.ssh.SshHost;
import dev.gra.client.ssh.SshOptions;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A directory of a runner as a directory of this machine, by sshfs. sshfs itself connects again
 * after a cut; what is asked of it meanwhile fails.
 */
public final class Mount {
  private static final String KIND = "fuse.sshfs";
  private static final String SOURCE = SshOptions.USER + "@" + SshHost.PREFIX;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private final Session session;
  private final String mainClass;

  /**
   * For one run.
   *
   * @param mainClass of the script that runs now
   */
  public Mount(Session session, String mainClass) {
    this.session = session;
    this.mainClass = mainClass;
  }

  /** Mounts {@code RUNNER:PATH} or {@code :PATH}; returns when it is there. */
  public Map<String, Object> mount(String what, Path directory) {
    CopyPath there = CopyPath.parse(what);
    if (there.runner().isEmpty()) {
      throw Usage.error(what + " is not in a runner", "gractl mount RUNNER:PATH DIR");
    }
    Path sshfs = Programs.require(session.environment(), "sshfs", "sshfs");
    Programs.require(session.environment(), "ssh", "openssh-client");
    Path target = target(directory);
    Runner runner =
        new RunnerPreparation(session).forExec(session.runnerName(there.runner().get())).runner();
    SshHost host = new SshHost(session.home(), runner.getName());
    try {
      List<String> command = new ArrayList<>();
      command.addAll(
          List.of(sshfs.toString(), SshOptions.USER + "@" + host.name() + ":" + there.path()));
      command.add(target.toString());
      command.addAll(options(runner));
      run(command);
    } catch (IOException e) {
      throw failed(what + " can't be mounted: " + e.getMessage(), null, e);
    }
    Map<String, Object> json = Json.object("Mount");
    json.put("runner", runner.getName());
    json.put("runnerUid", runner.getUid());
    json.put("path", there.path());
    json.put("directory", target.toString());
    return json;
  }

  /** Ends a mount of ours. */
  public void unmount(Path directory) {
    Path target = session.directory().resolve(directory).normalize();
    String source =
        source(target)
            .orElseThrow(
                () -> failed(target + " is no mount of gractl's", "grep sshfs /proc/mounts", null));
    Path fusermount =
        Programs.find(session.environment(), "fusermount3")
            .orElseGet(() -> Programs.require(session.environment(), "fusermount", "fuse3"));
    try {
      Commands.run(List.of(fusermount.toString(), "-u", target.toString()));
    } catch (IOException e) {
      throw failed(source + " can't be unmounted: " + e.getMessage(), "fuser -vm " + target, e);
    }
  }

  private Path target(Path directory) {
    Path target = session.directory().resolve(directory).normalize();
    // Of what is mounted there, were it broken, even this much can't be asked.
    if (source(target).isPresent()) {
      throw failed(target + " is a mount already", "gractl umount " + directory, null);
    }
    if (!Files.isDirectory(target)) {
      throw failed(directory + " is no directory", "mkdir -p " + directory, null);
    }
    return target;
  }

  private List<String> options(Runner runner) throws IOException {
    List<String> proxy = new ArrayList<>(List.of("env"));
    session.handedOn().forEach((name, value) -> proxy.add(name + "=" + value));
    proxy.addAll(new Ssh(session, mainClass).proxy());
    // Never another runner of that name, with an empty workspace.
    proxy.addAll(List.of("--uid", runner.getUid()));
    List<String> options = new ArrayList<>(List.of("-F", "none"));
    options.addAll(List.of("-o", "reconnect", "-o", "idmap=user"));
    new SshOptions(session.home(), proxy)
        .ofSshfs()
        .forEach((name, value) -> options.addAll(List.of("-o", name + "=" + escaped(value))));
    return options;
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,");
  }

  // Not by a pipe: the ssh that stays in the background would hold it open.
  private static void run(List<String> command) throws IOException {
    Path said = Files.createTempFile("gra-sshfs-", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (Commands.await(process) != 0) {
        throw new IOException(Files.readString(said).strip());
      }
    } finally {
      Files.delete(said);
    }
  }

  /** What is mounted there by an sshfs of ours; of two, the upper one. */
  private static Optional<String> source(Path target) {
    try {
      return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)
          .stream()
          .map(line -> line.split(" ", -1))
          .filter(fields -> unescaped(fields[4]).equals(target.toString()))
          .flatMap(fields -> ours(List.of(fields)).stream())
          .reduce((lower, upper) -> upper);
    } catch (IOException e) {
      throw failed("what is mounted can't be told: " + e.getMessage(), null, e);
    }
  }

  private static Optional<String> ours(List<String> fields) {
    int kind = fields.indexOf("-") + 1;
    String source = fields.get(kind + 1);
    return fields.get(kind).equals(KIND) && source.startsWith(SOURCE)
        ? Optional.of(source)
        : Optional.empty();
  }

  /** The kernel writes some characters as octal numbers, and all as bytes. */
  private static String unescaped(String field) {
    String bytes =
        OCTAL
            .matcher(field)
            .replaceAll(
                octal ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static GraException failed(String what, String hint, Throwable cause) {
    return GraException.of("MOUNT_FAILED", what, hint, cause);
  }
}
