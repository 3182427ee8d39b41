package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./jbang}, by a script that wants nothing of gra. */
class JbangLauncherTest {
  private static final String ECHO =
      """
      //JAVA 25+
      class Echo {
        public static void main(String[] arguments) throws Exception {
          for (String argument : arguments) {
            System.out.print("<" + argument + ">");
          }
          System.out.flush();
          System.in.transferTo(System.out);
          System.exit(arguments.length);
        }
      }
      """;

  @TempDir Path directory;
  private Path script;

  @BeforeEach
  void write_the_script() throws IOException {
    script = Files.writeString(directory.resolve("Echo.java"), ECHO);
  }

  @Test
  void arguments_arrive_as_they_were_given() throws Exception {
    Result result =
        jbang(Map.of(), "", "a b", "", "it's", "\"", "$HOME `id`", "x\ny", "é", "--", "-h", "*");
    assertThat(result.out).isEqualTo("<a b><><it's><\"><$HOME `id`><x\ny><é><--><-h><*>");
  }

  @Test
  void the_script_owns_standard_input_and_the_exit_code() throws Exception {
    Result result = jbang(Map.of(), "from\0stdin", "one", "two", "three");
    assertThat(result.out).isEqualTo("<one><two><three>from\0stdin");
    assertThat(result.exitCode).isEqualTo(3);
  }

  @Test
  void what_is_missing_is_named_with_how_to_get_it() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String tool : List.of("bash", "readlink", "dirname", "mkdir")) {
      Files.copy(Path.of("/bin", tool), bin.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Map<String, String> bare =
        Map.of("PATH", bin.toString(), "JBANG_FETCHED_DIR", directory.resolve("none").toString());
    Result result = jbang(bare, "");
    assertThat(result.exitCode).isEqualTo(1);
    assertThat(result.err).contains("no Maven").contains("Try: apt-get install maven");
  }

  private record Result(int exitCode, String out, String err) {}

  private Result jbang(Map<String, String> environment, String stdin, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("/bin/bash", Build.root().resolve("jbang").toString(), script.toString()));
    command.addAll(List.of(arguments));
    Path in = Files.writeString(directory.resolve("in"), stdin);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JBANG_DIR", directory.resolve("jbang").toString());
    builder.environment().put("JBANG_FETCHED", "1");
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Result(exitCode, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
