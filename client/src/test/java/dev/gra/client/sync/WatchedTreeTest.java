package dev.gra.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatchedTreeTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  @TempDir Path root;
  private WatchedTree tree;

  @BeforeEach
  void watch() throws Exception {
    Files.createDirectories(root.resolve("a/b"));
    Files.createDirectories(root.resolve("node_modules/c"));
    Files.writeString(root.resolve("a/b/old"), "");
    Files.writeString(root.resolve(".graignore"), "node_modules/\n");
    tree = WatchedTree.of(root);
  }

  @AfterEach
  void close() throws Exception {
    tree.close();
  }

  @Test
  void a_change_of_content_or_mode_anywhere_is_noticed_once() throws Exception {
    Files.writeString(root.resolve("a/b/old"), "new");
    assertThat(tree.awaitChange(LONG)).isTrue();
    assertThat(tree.awaitChange(SHORT)).isFalse();

    Files.setPosixFilePermissions(
        root.resolve("a/b/old"), PosixFilePermissions.fromString("rwx------"));
    assertThat(tree.awaitChange(LONG)).isTrue();

    Files.delete(root.resolve("a/b/old"));
    assertThat(tree.awaitChange(LONG)).isTrue();
  }

  @Test
  void what_is_left_out_is_not_watched() throws Exception {
    assertThat(tree.size()).isEqualTo(3);
    Files.writeString(root.resolve("node_modules/c/x"), "");
    assertThat(tree.awaitChange(SHORT)).isFalse();
  }

  @Test
  void a_new_directory_is_watched_with_all_that_is_in_it() throws Exception {
    Files.createDirectories(root.resolve("new/er/est"));
    assertThat(tree.awaitChange(LONG)).isTrue();
    Files.writeString(root.resolve("new/er/est/x"), "");
    assertThat(tree.awaitChange(LONG)).isTrue();
  }

  @Test
  void other_rules_are_heeded() throws Exception {
    Files.writeString(root.resolve(".graignore"), "");
    assertThat(tree.awaitChange(LONG)).isTrue();
    Files.writeString(root.resolve("node_modules/c/x"), "");
    assertThat(tree.awaitChange(LONG)).isTrue();
  }

  @Test
  void what_never_gets_quiet_is_told_nevertheless() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .name("writes")
            .start(
                () -> {
                  while (!stop.get()) {
                    write("a/log");
                  }
                });
    try {
      assertThat(tree.awaitChange(LONG)).isTrue();
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  private void write(String name) {
    try {
      Files.writeString(root.resolve(name), "x");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
