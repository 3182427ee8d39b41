package dev.gra.client.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.gra.client.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code gractl workspace init} would do.
 *
 * @param runner the name of the workspace's runner
 * @param files in the order in which they are told
 */
public record WorkspacePlan(String runner, List<PlannedFile> files) {
  /** Which paths stay out of a sync. */
  public static final String IGNORE_FILE = ".graignore";

  private static final List<String> FOR_AGENTS = List.of("AGENTS.md", "GEMINI.md");

  public WorkspacePlan {
    files = List.copyOf(files);
  }

  /** For a directory; {@code identity} has the name that its runner gets, if it has none yet. */
  public static WorkspacePlan of(Path directory, WorkspaceIdentity identity) {
    try {
      List<PlannedFile> files = new ArrayList<>();
      files.add(settings(directory, identity.runner()));
      files.add(ignoreRules(directory));
      files.addAll(forAgents(directory));
      return new WorkspacePlan(identity.runner(), files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PlannedFile settings(Path directory, String runner) throws IOException {
    Path file = directory.resolve(Settings.WORKSPACE_FILE);
    Optional<ByteString> before = PlannedFile.read(file);
    String text =
        before
            .map(old -> Settings.withRunner(file.toString(), old.toStringUtf8(), runner))
            .orElseGet(() -> resource("gractl.toml").replace("RUNNER", runner));
    return new PlannedFile(
        file, "to name its runner, " + runner, before, ByteString.copyFromUtf8(text));
  }

  // Whoever has rules has thought about them: there is nothing to add.
  private static PlannedFile ignoreRules(Path directory) throws IOException {
    Path file = directory.resolve(IGNORE_FILE);
    Optional<ByteString> before = PlannedFile.read(file);
    ByteString after = before.orElseGet(() -> ByteString.copyFromUtf8(defaultRules()));
    return new PlannedFile(file, "to say what stays out of a sync", before, after);
  }

  /** What {@link #IGNORE_FILE} says where there is none. */
  public static String defaultRules() {
    return resource("graignore");
  }

  private static List<PlannedFile> forAgents(Path directory) throws IOException {
    MarkedSection section = new MarkedSection(resource("GEMINI.md"));
    List<PlannedFile> files = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    for (String name : FOR_AGENTS) {
      Path file = directory.resolve(name);
      Optional<ByteString> before = PlannedFile.read(file);
      // Often one of both is a link to the other.
      if (before.isEmpty() || seen.add(file.toRealPath())) {
        ByteString after = section.in(name, before.orElse(ByteString.EMPTY));
        files.add(new PlannedFile(file, "to tell agents of gractl", before, after));
      }
    }
    return files;
  }

  /** Whether a file would change that is there. */
  public boolean changesWhatIsThere() {
    return files.stream().anyMatch(file -> file.change() == PlannedFile.Change.UPDATE);
  }

  private static String resource(String name) {
    try (InputStream in = WorkspacePlan.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
