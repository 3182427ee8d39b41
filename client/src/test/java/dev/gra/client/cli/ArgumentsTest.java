package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
  @TempDir Path temp;

  @Test
  void the_interpreter_is_as_told_or_by_suffix_or_by_the_first_line() throws IOException {
    Path python = Files.writeString(temp.resolve("a.py"), "#!/opt/venv/bin/python\n");
    Path bare = Files.writeString(temp.resolve("tool"), "#!/usr/bin/env -S perl -w\nprint 1;\n");
    Path unknown = Files.writeString(temp.resolve("data.csv"), "1,2\n");

    assertThat(Scripts.fromFile(python, null).getInterpreterList())
        .containsExactly("python3", "-u");
    assertThat(Scripts.fromFile(python, "pypy3 -E").getInterpreterList())
        .containsExactly("pypy3", "-E");
    assertThat(Scripts.fromFile(bare, null).getInterpreterList()).containsExactly("perl", "-w");
    assertThat(Scripts.fromText("print(1)", null).getInterpreterList())
        .containsExactly("python3", "-u");
    assertThat(Scripts.fromText("#!/bin/sh -e\nx", null).getInterpreterList())
        .containsExactly("/bin/sh", "-e");
    assertThatThrownBy(() -> Scripts.fromFile(unknown, null)).hasMessageContaining("--file");
    assertThatThrownBy(() -> Scripts.fromFile(temp.resolve("none.py"), null))
        .hasMessageContaining("none.py");
  }

  @Test
  void a_scripts_name_is_one_that_the_protocol_takes() throws IOException {
    Path odd = Files.writeString(temp.resolve(".é b\nc.py"), "");

    assertThat(Scripts.fromFile(odd, null).getFileName()).matches("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  }

  @Test
  void a_script_over_one_mebibyte_is_refused_with_the_way_round() throws IOException {
    Path big = temp.resolve("big.py");
    Files.write(big, new byte[(1 << 20) + 1]);

    assertThatThrownBy(() -> Scripts.fromFile(big, null))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.hint().orElse("")).contains("gractl cp"));
  }

  @Test
  void variables_come_from_files_then_from_options() throws IOException {
    Path file = Files.writeString(temp.resolve("env"), "# secrets\nA=1\n\nB=two words=yes\n");

    assertThat(
            Environment.collect(List.of("A=2", "OURS", "GONE"), List.of(file), Map.of("OURS", "x")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("A", "2", "B", "two words=yes", "OURS", "x"));
  }

  @Test
  void a_bad_variable_is_refused_without_its_value() {
    assertThatThrownBy(() -> Environment.collect(List.of("=hunter2"), List.of(), Map.of()))
        .isInstanceOf(GraException.class)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void durations_are_read_as_people_write_them() {
    assertThat(Endings.millis(Durations.parse("-t", "90"))).isEqualTo(90_000);
    assertThat(Endings.millis(Durations.parse("-t", "1h30m"))).isEqualTo(5_400_000);
    assertThat(Endings.millis(Durations.parse("-t", "1s500ms"))).isEqualTo(1_500);
    assertThat(Durations.parse("-t", "never")).isEqualTo(Durations.NEVER);
    for (String bad : List.of("-3", "", "5x", "m", "1.5s")) {
      assertThatThrownBy(() -> Durations.parse("--timeout", bad))
          .isInstanceOfSatisfying(
              GraException.class, e -> assertThat(Usage.exitCode(e)).isEqualTo(2));
    }
  }

  @Test
  void an_error_is_one_line_with_what_helps() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Messages messages = new Messages(new PrintStream(out, true, StandardCharsets.UTF_8), false);

    messages.error(GraException.of("X", "it broke\n  badly", "gractl doctor"), false);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("gractl: it broke badly. Try: gractl doctor\n");
  }

  @Test
  void paths_of_copies_are_here_or_there() {
    assertThat(CopyPath.parse("data/x").runner()).isEmpty();
    assertThat(CopyPath.parse("./a:b").runner()).isEmpty();
    assertThat(CopyPath.parse(":x").runner()).contains("");
    assertThat(CopyPath.parse("r-1:/a/b:c"))
        .isEqualTo(new CopyPath(java.util.Optional.of("r-1"), "/a/b:c"));
    assertThat(CopyPath.parse("dir/").name()).isEqualTo("dir");
  }
}
