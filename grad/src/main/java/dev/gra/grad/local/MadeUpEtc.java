package dev.gra.grad.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Files of a sandbox's /etc that tell of the sandbox: its one user, its group, its host name. */
final class MadeUpEtc {
  static final int UID = 1000;
  static final String USER = "runner";
  private static final int FIRST_PERSON = 1000;
  private static final int NOBODY = 65534;

  /**
   * A terminal of the sandbox can't be given to it, for no other group is there; an sshd that finds
   * the group tries that, and gives up.
   */
  private static final String TERMINALS = "tty";

  private final Path directory;

  MadeUpEtc(Path directory) {
    this.directory = directory;
  }

  /** Writes them and gives bwrap's arguments. */
  List<String> arguments(String hostName, String home) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.addAll(
        put(
            "passwd",
            system(
                "passwd",
                USER + ":x:" + UID + ":" + UID + ":" + USER + ":" + home + ":/bin/bash")));
    arguments.addAll(put("group", system("group", USER + ":x:" + UID + ":")));
    arguments.addAll(
        put("hosts", Stream.concat(lines("hosts"), Stream.of("127.0.1.1 " + hostName))));
    return arguments;
  }

  /** An empty file that can be bound over another. */
  Path nothing() throws IOException {
    var file = directory.resolve("nothing");
    Files.write(file, new byte[0]);
    return file;
  }

  private List<String> put(String name, Stream<String> lines) throws IOException {
    if (!Files.isRegularFile(Path.of("/etc", name))) {
      return List.of();
    }
    var file = directory.resolve(name);
    Files.writeString(file, String.join("\n", lines.toList()) + "\n");
    return List.of("--ro-bind", file.toString(), "/etc/" + name);
  }

  /** The machine's own system users or groups, without its people. */
  private static Stream<String> system(String file, String runner) throws IOException {
    return Stream.concat(lines(file).filter(MadeUpEtc::ofSystem), Stream.of(runner));
  }

  private static boolean ofSystem(String line) {
    var fields = line.split(":", -1);
    if (fields.length < 3 || !fields[2].matches("[0-9]{1,9}")) {
      return false;
    }
    var id = Integer.parseInt(fields[2]);
    return !fields[0].equals(TERMINALS) && (id < FIRST_PERSON || id == NOBODY);
  }

  private static Stream<String> lines(String file) throws IOException {
    var path = Path.of("/etc", file);
    return Files.isReadable(path)
        ? Files.readString(path, StandardCharsets.ISO_8859_1).lines()
        : Stream.empty();
  }
}
