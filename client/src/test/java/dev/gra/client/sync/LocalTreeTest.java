package dev.gra.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTreeTest {
  @TempDir Path root;

  @Test
  void what_is_synced_is_listed_with_any_name() throws Exception {
    Files.writeString(root.resolve(".graignore"), "*.o\n");
    Files.createDirectories(root.resolve("d/-> e"));
    Files.writeString(root.resolve("d/x.o"), "");
    for (String name : new String[] {"new\nline", "ü\\#134", "*deleting   x", " end "}) {
      Files.writeString(root.resolve(name), "1234");
    }
    Files.createSymbolicLink(root.resolve("link -> a"), Path.of("no where"));

    Map<String, Entry> entries = LocalTree.entries(root, true);

    assertThat(entries)
        .containsOnlyKeys(
            "d", "d/-> e", "new\nline", "ü\\#134", "*deleting   x", " end ", "link -> a");
    assertThat(entries.get("link -> a").type()).isEqualTo('L');
    assertThat(entries.get("new\nline").size()).isEqualTo(4);
    assertThat(LocalTree.entries(root, false)).containsKey(".graignore");
    assertThat(LocalTree.directories(root)).containsExactlyInAnyOrder("d", "d/-> e");
  }
}
