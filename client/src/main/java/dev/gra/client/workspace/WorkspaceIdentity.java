package dev.gra.client.workspace;

import dev.gra.client.GraException;
import dev.gra.client.RandomIds;
import dev.gra.client.config.Settings;
import dev.gra.client.config.WorkspaceRunner;
import dev.gra.client.local.GraHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which runner a workspace has. The name is written into the workspace, so it stays the same when
 * the directory moves.
 *
 * @param runner its name
 */
public record WorkspaceIdentity(String runner) {
  /**
   * The one that a directory has, or the one it gets: that of the runner which it already uses,
   * unless another workspace has taken it along from here.
   */
  public static WorkspaceIdentity of(GraHome home, Path directory) {
    Optional<String> own = Settings.workspaceRunner(directory.resolve(Settings.WORKSPACE_FILE));
    return new WorkspaceIdentity(
        own.orElseGet(
            () -> {
              String derived = WorkspaceRunner.derive(directory);
              return Files.exists(home.workspace(derived)) ? another(derived) : derived;
            }));
  }

  private static String another(String derived) {
    String stem = derived.substring(0, derived.lastIndexOf('-'));
    return stem + "-" + RandomIds.next().replace("-", "").substring(0, 8);
  }

  /** From now on the name is this workspace's, and no other gets it on this machine. */
  public void claim(GraHome home) {
    try {
      GraHome.privateDirectory(home.create().workspace(runner));
    } catch (IOException e) {
      throw GraException.of("GRA_HOME", "the workspace can't be noted: " + e.getMessage(), null, e);
    }
  }
}
