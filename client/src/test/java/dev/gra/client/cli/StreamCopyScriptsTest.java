package dev.gra.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner's end of a copy from a stream, or to one. */
class StreamCopyScriptsTest {
  private static final byte[] CONTENT = {0, 1, -1, '\n', 'x'};

  @TempDir Path there;
  @TempDir Path aside;

  private record Run(int code, ByteString out, String said) {}

  private Run run(List<String> command, byte[] input) throws Exception {
    return run(command, input, System.getenv("PATH"));
  }

  private Run run(List<String> command, byte[] input, String path) throws Exception {
    Path stdin = Files.write(aside.resolve("stdin"), input);
    Path stderr = aside.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(there.toFile())
            .redirectInput(stdin.toFile())
            .redirectError(stderr.toFile());
    builder.environment().put("PATH", path);
    Process process = builder.start();
    ByteString out = ByteString.readFrom(process.getInputStream());
    return new Run(process.waitFor(), out, Files.readString(stderr));
  }

  private Run receive(String destination, byte[] content, String digest) throws Exception {
    ByteString pieces =
        content.length == 0
            ? ByteString.EMPTY
            : ByteString.copyFrom(Pieces.header(content.length))
                .concat(ByteString.copyFrom(content));
    ByteString input = pieces.concat(ByteString.copyFrom(Pieces.end(digest)));
    return run(CopyScripts.receiveStream(destination), input.toByteArray());
  }

  private static String digest(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  @Test
  void a_stream_becomes_a_file_with_the_usual_mode_in_directories_made_for_it() throws Exception {
    assertThat(receive("deep/er/file", CONTENT, digest(CONTENT)).code()).isZero();
    assertThat(receive("-odd", new byte[0], digest(new byte[0])).code()).isZero();

    assertThat(there.resolve("deep/er/file")).hasBinaryContent(CONTENT);
    assertThat(there.resolve("-odd")).isEmptyFile();
    Path usual = Files.createFile(there.resolve("usual"));
    assertThat(Files.getPosixFilePermissions(there.resolve("deep/er/file")))
        .isEqualTo(Files.getPosixFilePermissions(usual));
    assertThat(there.resolve("deep/er")).isDirectoryNotContaining("glob:**/.gra-cp*");
  }

  @Test
  void what_broke_off_or_differs_leaves_what_was_there() throws Exception {
    Files.writeString(there.resolve("file"), "before");

    Run other = receive("file", CONTENT, "0".repeat(64));
    Run half = run(CopyScripts.receiveStream("file"), "4\nabcd".getBytes(UTF_8));

    assertThat(other.code()).isNotZero();
    assertThat(other.said()).startsWith("gra-cp-error the copy is not what was sent");
    assertThat(half.code()).isNotZero();
    assertThat(half.said()).isEqualTo("gra-cp-error the copy broke off\n");
    assertThat(there.resolve("file")).hasContent("before");
    assertThat(there).isDirectoryNotContaining("glob:**/.gra-cp*");
  }

  @Test
  void who_ends_its_processes_ends_not_the_one_that_tidies_up() throws Exception {
    Path rm = Files.writeString(aside.resolve("rm"), "#!/bin/sh\nkill -TERM $$\n/bin/rm \"$@\"\n");
    Files.setPosixFilePermissions(rm, PosixFilePermissions.fromString("rwxr-xr-x"));

    String path = aside + ":" + System.getenv("PATH");
    run(CopyScripts.receiveStream("file"), "4\nabcd".getBytes(UTF_8), path);

    assertThat(there).isEmptyDirectory();
  }

  @Test
  void a_directory_is_no_place_for_a_stream_nor_one_to_send() throws Exception {
    Files.createDirectory(there.resolve("dir"));
    for (String destination : List.of("", "dir", "new/")) {
      assertThat(receive(destination, CONTENT, digest(CONTENT)).said()).contains("is a directory");
    }
    assertThat(there).isDirectoryNotContaining("glob:**/new");
    assertThat(run(CopyScripts.sendStream("dir"), new byte[0]).said())
        .isEqualTo("gra-cp-error dir: is a directory, which has no one stream\n");
    assertThat(run(CopyScripts.sendStream("none"), new byte[0]).said())
        .isEqualTo("gra-cp-error none: no such file\n");
  }

  @Test
  void a_file_is_sent_between_its_size_and_its_digest() throws Exception {
    Files.write(there.resolve("-file"), CONTENT);

    Run sent = run(CopyScripts.sendStream("-file"), new byte[0]);

    assertThat(sent.out().toByteArray()).isEqualTo(CONTENT);
    assertThat(sent.said()).isEqualTo("gra-cp file 5\ngra-cp-sum " + digest(CONTENT) + "\n");
  }
}
