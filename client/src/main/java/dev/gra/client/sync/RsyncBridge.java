package dev.gra.client.sync;

import dev.gra.client.local.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Between a local rsync and this process: what rsync takes for ssh is a shell script, which joins
 * it to named pipes in a directory of our own. So its other half runs as an exec of this process,
 * and nothing but sh, cat and mkfifo is wanted here.
 */
final class RsyncBridge implements AutoCloseable {
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final Path directory;
  private final CountDownLatch joined = new CountDownLatch(1);

  private RsyncBridge(Path directory) {
    this.directory = directory;
  }

  static RsyncBridge create() throws IOException {
    RsyncBridge bridge = new RsyncBridge(Files.createTempDirectory("gra-sync-"));
    try {
      Files.writeString(bridge.script(), scriptText());
      Commands.run(
          List.of(
              "mkfifo",
              bridge.pipe("command").toString(),
              bridge.pipe("up").toString(),
              bridge.pipe("down").toString()));
      return bridge;
    } catch (IOException e) {
      bridge.close();
      throw e;
    }
  }

  private static String scriptText() throws IOException {
    try (InputStream in = RsyncBridge.class.getResourceAsStream("join.sh")) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private Path script() {
    return directory.resolve("join.sh");
  }

  private Path pipe(String name) {
    return directory.resolve(name);
  }

  /** Where rsync's own words may be kept, as long as this is open. */
  Path file(String name) {
    return directory.resolve(name);
  }

  /** The value of rsync's {@code -e}. */
  String remoteShell() {
    return "sh '" + script().toString().replace("'", "''") + "'";
  }

  /** The command of rsync's other half; empty if rsync ended before it wanted one. */
  List<String> awaitCommand(Process rsync) throws IOException {
    Thread.ofPlatform().daemon().name("gra-sync-bridge").start(() -> freeWhoWaits(rsync));
    return Files.readAllLines(pipe("command"));
  }

  // An rsync that is gone opens no pipe any more, and to open one for reading waits for a writer.
  private void freeWhoWaits(Process rsync) {
    try {
      rsync.waitFor();
      while (!joined.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        for (String name : List.of("command", "up", "down")) {
          FileChannel.open(pipe(name), StandardOpenOption.READ, StandardOpenOption.WRITE).close();
        }
      }
    } catch (IOException e) {
      // The pipes are gone: so nobody waits at them.
      joined.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What rsync sends. */
  FileChannel fromRsync() throws IOException {
    return FileChannel.open(pipe("up"), StandardOpenOption.READ);
  }

  /** What rsync shall receive. */
  FileChannel toRsync() throws IOException {
    return FileChannel.open(pipe("down"), StandardOpenOption.WRITE);
  }

  /** Both ways are open, or none is wanted. */
  void joined() {
    joined.countDown();
  }

  @Override
  public void close() throws IOException {
    joined.countDown();
    Commands.deleteTree(directory);
  }
}
