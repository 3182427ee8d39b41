package dev.gra.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both halves of an rsync, joined by hand where gra has an exec. */
@Timeout(60)
@Tag("tools")
class RsyncBridgeTest {
  @TempDir Path temp;
  private Path here;
  private Path there;

  @BeforeEach
  void layOut() throws IOException {
    here = Files.createDirectories(temp.resolve("here"));
    there = Files.createDirectories(temp.resolve("there"));
  }

  @Test
  void a_file_goes_up_and_comes_down() throws Exception {
    Files.writeString(here.resolve("a file"), "text");

    assertThat(run(RsyncCommand.of(Direction.UP))).isZero();
    assertThat(there.resolve("a file")).hasContent("text");

    Files.writeString(there.resolve("another"), "theirs");
    assertThat(run(RsyncCommand.of(Direction.DOWN))).isZero();
    assertThat(here.resolve("another")).hasContent("theirs");
  }

  @Test
  void nothing_is_left_of_it() throws Exception {
    Path directory;
    try (RsyncBridge bridge = RsyncBridge.create()) {
      directory = bridge.file("x").getParent();
      assertThat(directory).isDirectory();
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void an_rsync_that_wants_no_other_half_holds_nobody_up() throws Exception {
    try (RsyncBridge bridge = RsyncBridge.create()) {
      Process rsync = start(List.of("rsync", "--no-such-option"));

      assertThat(bridge.awaitCommand(rsync)).isEmpty();
    }
  }

  @Test
  void an_rsync_that_dies_meanwhile_holds_nobody_up() throws Exception {
    try (RsyncBridge bridge = RsyncBridge.create()) {
      Process sleep = start(List.of("sleep", "60"));
      Thread.ofPlatform().daemon().name("kills").start(sleep::destroyForcibly);

      assertThat(bridge.awaitCommand(sleep)).isEmpty();
      try (FileChannel from = bridge.fromRsync()) {
        assertThat(Channels.newInputStream(from).read()).isNegative();
      }
    }
  }

  private int run(RsyncCommand command) throws IOException, InterruptedException {
    try (RsyncBridge bridge = RsyncBridge.create()) {
      Files.writeString(bridge.file("filters"), command.filters(here));
      Process rsync =
          start(command.words(bridge.file("filters"), bridge.file("names"), bridge.remoteShell()));
      Process other =
          new ProcessBuilder(bridge.awaitCommand(rsync)).directory(there.toFile()).start();
      try (FileChannel from = bridge.fromRsync();
          FileChannel to = bridge.toRsync()) {
        bridge.joined();
        Thread up =
            Thread.ofPlatform()
                .name("up")
                .start(() -> copy(Channels.newInputStream(from), other.getOutputStream()));
        copy(other.getInputStream(), Channels.newOutputStream(to));
        up.join();
      }
      assertThat(other.waitFor()).isZero();
      assertThat(rsync.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return rsync.exitValue();
    }
  }

  private static void copy(InputStream from, OutputStream to) {
    try (to) {
      byte[] buffer = new byte[1 << 16];
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.write(buffer, 0, count);
        to.flush();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(here.toFile())
        .redirectOutput(temp.resolve("said").toFile())
        .redirectError(temp.resolve("errors").toFile())
        .start();
  }
}
