package dev.gra.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgreedTreeTest {
  private static final Map<String, Entry> ENTRIES =
      Map.of(
          "a  b\nc=\\", new Entry('f', 5, Instant.parse("1969-12-31T23:59:59.5Z"), "rwxr-x--x"),
          "d", Entry.directory(),
          "l", new Entry('L', 3, Instant.parse("2026-01-02T03:04:05.678901234Z"), ""));
  @TempDir Path temp;

  @Test
  void what_was_written_is_read() throws Exception {
    Path file = temp.resolve("x/agreed");
    AgreedTree.write(file, "uid", ENTRIES);

    assertThat(AgreedTree.read(file, "uid")).isEqualTo(ENTRIES);
  }

  @Test
  void with_another_runner_or_in_pieces_it_is_nothing() throws Exception {
    Path file = temp.resolve("agreed");
    assertThat(AgreedTree.read(file, "uid")).isEmpty();
    AgreedTree.write(file, "uid", ENTRIES);
    assertThat(AgreedTree.read(file, "ui")).isEmpty();

    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 3));
    assertThat(AgreedTree.read(file, "uid")).isEmpty();
  }
}
