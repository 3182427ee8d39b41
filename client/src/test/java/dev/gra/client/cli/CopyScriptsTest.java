package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of a copy, joined by hand. */
class CopyScriptsTest {
  @TempDir Path temp;
  private Path from;
  private Path to;

  private record Sent(ByteString tar, String kind, String sum) {}

  private record Received(int code, String said) {}

  @BeforeEach
  void layOut() throws IOException {
    from = Files.createDirectories(temp.resolve("from"));
    to = Files.createDirectories(temp.resolve("to"));
  }

  @Test
  void a_tree_arrives_with_its_names_modes_and_links() throws Exception {
    Path tree = Files.createDirectories(from.resolve("tree").resolve("with space"));
    Path odd = Files.writeString(tree.resolve("new\nline"), "x");
    Files.setPosixFilePermissions(odd, PosixFilePermissions.fromString("r-x--x---"));
    Files.createSymbolicLink(from.resolve("tree").resolve("link"), Path.of("nowhere"));
    Files.writeString(from.resolve("tree").resolve(".hidden"), "");

    Received received = copy("tree", "copies/");

    assertThat(received.said()).isEmpty();
    Path copy = to.resolve("copies").resolve("tree");
    Path file = copy.resolve("with space").resolve("new\nline");
    assertThat(file).hasContent("x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r-x--x---");
    assertThat(Files.readSymbolicLink(copy.resolve("link"))).isEqualTo(Path.of("nowhere"));
    assertThat(copy.resolve(".hidden")).exists();
    assertNothingIsLeft();
  }

  @Test
  void a_file_goes_into_a_directory_or_under_a_new_name() throws Exception {
    Files.writeString(from.resolve("-odd.txt"), "text");

    assertThat(copy("./-odd.txt", "").code()).isZero();
    assertThat(copy("./-odd.txt", "other").code()).isZero();
    assertThat(copy("./-odd.txt", "deep/er/name").code()).isZero();

    assertThat(to.resolve("-odd.txt")).hasContent("text");
    assertThat(to.resolve("other")).hasContent("text");
    assertThat(to.resolve("deep").resolve("er").resolve("name")).hasContent("text");
    assertNothingIsLeft();
  }

  @Test
  void a_tree_is_laid_over_one_that_is_there() throws Exception {
    Files.writeString(Files.createDirectories(from.resolve("t")).resolve("new"), "new");
    Files.writeString(Files.createDirectories(to.resolve("t")).resolve("old"), "old");

    copy("t", ".");

    assertThat(to.resolve("t").resolve("new")).hasContent("new");
    assertThat(to.resolve("t").resolve("old")).hasContent("old");
  }

  @Test
  void a_link_that_an_earlier_copy_brought_is_replaced_and_not_followed() throws Exception {
    Path precious = Files.writeString(temp.resolve("precious"), "precious");
    Files.writeString(Files.createDirectories(from.resolve("t")).resolve("x"), "overwritten");
    Files.createSymbolicLink(Files.createDirectories(to.resolve("t")).resolve("x"), precious);

    copy("t", ".");

    assertThat(precious).hasContent("precious");
    assertThat(to.resolve("t").resolve("x")).hasContent("overwritten");
  }

  @Test
  void what_differs_from_what_was_sent_is_not_put_in_its_place() throws Exception {
    Files.writeString(from.resolve("file"), "text");
    Sent sent = send("file");

    Received received = receive("file", framed(sent.tar(), "0".repeat(64)), "file", "file");

    assertThat(received.code()).isNotZero();
    assertThat(received.said()).contains("not what was sent");
    assertThat(to).isEmptyDirectory();
  }

  @Test
  void a_copy_that_breaks_off_anywhere_leaves_nothing() throws Exception {
    Files.write(from.resolve("file"), new byte[100_000]);
    Sent sent = send("file");
    ByteString whole = framed(sent.tar(), sent.sum());
    int trailer = Pieces.END_BYTES;

    for (int length :
        new int[] {0, 3, 50_000, whole.size() - trailer, whole.size() - trailer + 2}) {
      Received received = receive("file", whole.substring(0, length), "file", "file");

      assertThat(received.code()).as("after %d bytes", length).isNotZero();
      assertThat(to).isEmptyDirectory();
    }
  }

  @Test
  void a_tree_that_can_t_be_read_is_sent_as_a_failure() throws Exception {
    Files.writeString(Files.createDirectories(from.resolve("t")).resolve("x"), "x");
    List<String> command = CopyScripts.send("t");
    ProcessBuilder builder = new ProcessBuilder(command).directory(from.toFile());
    // A tar that fails after its first bytes.
    Path bin = Files.createDirectories(temp.resolve("bin"));
    Path tar = Files.writeString(bin.resolve("tar"), "#!/bin/sh\necho half\nexit 2\n");
    Files.setPosixFilePermissions(tar, PosixFilePermissions.fromString("rwx------"));
    builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);

    Process process = builder.redirectError(temp.resolve("said").toFile()).start();

    assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("half\n");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  private Received copy(String source, String destination) throws Exception {
    String name = CopyPath.parse(source).name();
    Sent sent = send(source);
    return receive(sent.kind(), framed(sent.tar(), sent.sum()), destination, name);
  }

  private Sent send(String source) throws Exception {
    Process process =
        new ProcessBuilder(CopyScripts.send(source))
            .directory(from.toFile())
            .redirectError(temp.resolve("said").toFile())
            .start();
    ByteString tar = ByteString.readFrom(process.getInputStream());
    assertThat(process.waitFor()).isZero();
    List<String> said = Files.readAllLines(temp.resolve("said"));
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).matches("gra-cp (file|tree) [0-9]+");
    assertThat(said.get(1)).startsWith("gra-cp-sum ");
    return new Sent(tar, said.get(0).split(" ", -1)[1], said.get(1).split(" ", -1)[1]);
  }

  /** In two pieces, as if it were large. */
  private static ByteString framed(ByteString content, String sum) {
    int half = content.size() / 2;
    return ByteString.copyFrom(Pieces.header(half))
        .concat(content.substring(0, half))
        .concat(ByteString.copyFrom(Pieces.header(content.size() - half)))
        .concat(content.substring(half))
        .concat(ByteString.copyFrom(Pieces.end(sum)));
  }

  private Received receive(String kind, ByteString input, String destination, String name)
      throws Exception {
    Process process =
        new ProcessBuilder(CopyScripts.receive(kind, destination, name))
            .directory(to.toFile())
            .redirectInput(Files.write(temp.resolve("input"), input.toByteArray()).toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Received(process.waitFor(), said);
  }

  private void assertNothingIsLeft() throws IOException {
    try (var tree = Files.walk(to)) {
      assertThat(tree).noneMatch(path -> path.getFileName().toString().startsWith(".gra-cp"));
    }
  }
}
