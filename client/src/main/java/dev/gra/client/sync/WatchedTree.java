package dev.gra.client.sync;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import dev.gra.client.GraException;
import dev.gra.client.workspace.WorkspacePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Notices when anything changes in a workspace, by the platform's events. What those don't tell (an
 * overflow) is a change too: whoever hears of one looks at all of it.
 */
public final class WatchedTree implements AutoCloseable {
  private static final int MOST_DIRECTORIES = 50_000;

  /** Quiet for so long, a change is over: an editor writes, renames and sets times. */
  private static final Duration QUIET = Duration.ofMillis(100);

  /** What never gets quiet is told after this. */
  private static final Duration AT_MOST = Duration.ofMillis(400);

  private final Path root;
  private final WatchService service;
  private final Map<WatchKey, Path> watched = new HashMap<>();

  private WatchedTree(Path root, WatchService service) {
    this.root = root;
    this.service = service;
  }

  /** Watches from now on what is synced of it. */
  public static WatchedTree of(Path root) throws IOException {
    WatchService service = root.getFileSystem().newWatchService();
    try {
      WatchedTree tree = new WatchedTree(root, service);
      tree.watchAll();
      return tree;
    } catch (IOException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void watchAll() throws IOException {
    List<String> directories = LocalTree.directories(root);
    if (directories.size() > MOST_DIRECTORIES) {
      throw tooMany(directories.size() + " directories, and at most " + MOST_DIRECTORIES, null);
    }
    watch(root);
    for (String directory : directories) {
      watch(root.resolve(directory));
    }
  }

  private void watch(Path directory) throws IOException {
    try {
      WatchKey key = directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
      watched.put(key, directory);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Gone since it was listed, of which there is an event.
      watched.values().remove(directory);
    } catch (IOException e) {
      throw tooMany(e.getMessage(), e);
    }
  }

  private static GraException tooMany(String why, IOException cause) {
    return GraException.of(
        "CANNOT_WATCH",
        "the workspace can't be watched: " + why,
        "more of it in .graignore, or a larger fs.inotify.max_user_watches by sysctl",
        cause);
  }

  /** How many directories are watched. */
  int size() {
    return watched.size();
  }

  /**
   * Waits for a change and its end; what is new is watched by then.
   *
   * @return false if there was none for that long
   */
  public boolean awaitChange(Duration atMost) throws IOException, InterruptedException {
    WatchKey key = service.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (key == null) {
      return false;
    }
    long end = System.nanoTime() + AT_MOST.toNanos();
    boolean otherDirectories = false;
    while (key != null) {
      otherDirectories |= take(key);
      long left = Math.min(QUIET.toNanos(), end - System.nanoTime());
      key = left > 0 ? service.poll(left, TimeUnit.NANOSECONDS) : null;
    }
    if (otherDirectories) {
      watchAll();
    }
    return true;
  }

  /** Answers whether there may be directories now that aren't watched. */
  private boolean take(WatchKey key) {
    Path directory = watched.get(key);
    boolean others = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind() == OVERFLOW || directory == null) {
        others = true;
      } else if (event.context() instanceof Path name) {
        boolean made = event.kind() == ENTRY_CREATE;
        others |=
            name.toString().equals(WorkspacePlan.IGNORE_FILE)
                || (made && Files.isDirectory(directory.resolve(name), LinkOption.NOFOLLOW_LINKS));
      }
    }
    if (!key.reset()) {
      watched.remove(key);
    }
    return others;
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
