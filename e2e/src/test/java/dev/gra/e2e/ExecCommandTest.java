package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code gractl exec} shows the person or agent that calls it. */
class ExecCommandTest {
  private static LocalGra gra;
  @TempDir Path directory;

  @BeforeAll
  static void start() {
    gra = LocalGra.started();
  }

  @AfterAll
  static void stop() {
    gra.close();
  }

  private Gractl gractl() {
    return gra.gractl().in(directory);
  }

  private Outcome exec(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("exec"));
    command.addAll(List.of(arguments));
    return gractl().run(command.toArray(String[]::new));
  }

  @Test
  void streams_pass_byte_for_byte_and_gractl_speaks_on_stderr_only() {
    Outcome outcome = exec("--", "sh", "-c", "printf 'a\\000\\377b'; printf err >&2").succeeded();
    assertThat(outcome.stdout()).containsExactly('a', 0, -1, 'b');
    assertThat(outcome.err()).contains("err");
  }

  @ParameterizedTest
  @CsvSource({"exit 0,0", "exit 3,3", "exit 125,125", "kill -9 $$,137", "kill -TERM $$,143"})
  void the_exit_code_is_the_command_s(String line, int code) {
    exec("--", "sh", "-c", line).exitedWith(code);
  }

  @Test
  void what_did_not_run_has_codes_of_its_own() {
    exec("--", "no-such-command-here").exitedWith(127);
    exec("--", "/usr").exitedWith(126);
    exec("--timeout", "300ms", "--", "sleep", "60").exitedWith(124);
    exec("--no-such-flag").exitedWith(2);
    exec().exitedWith(2);
    Outcome unknown = exec("--runner", "nobody", "--", "true").exitedWith(125);
    assertThat(unknown.err()).contains("nobody").contains("Try:").hasLineCount(1);
  }

  @Test
  void a_refused_command_leaves_nothing_behind() {
    exec("--", "true").succeeded();
    Path records = gra.home().resolve("client/execs");
    List<String> before = names(records);

    var refused = exec("--exec-id", "../../outside", "--", "true").exitedWith(2);
    exec("--", "").exitedWith(2);
    exec("--env", "GRA_X=1", "--", "true").exitedWith(2);

    assertThat(refused.err().lines()).hasSize(1).first().asString().contains("exec_id");
    assertThat(names(records)).isEqualTo(before);
    assertThat(gra.home().resolve("outside.cursors")).doesNotExist();
  }

  private static List<String> names(Path directory) {
    return Stream.of(directory.toFile().list()).sorted().toList();
  }

  @Test
  void the_runner_to_ask_for_is_named_where_it_is_not_known() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    assertThat(gractl().in(elsewhere).run("execs", "get", "x").exitedWith(125).err())
        .contains("which runner has exec x is not known")
        .endsWith("Try: --runner NAME\n");
  }

  @Test
  void code_and_files_run_by_their_interpreter() throws IOException {
    assertThat(exec("--code", "print(6 * 7)").succeeded().out()).isEqualTo("42\n");
    Path python =
        Files.writeString(directory.resolve("a.py"), "import sys; print('py', sys.argv[1:])");
    assertThat(exec("--file", python.toString(), "--", "x y", "").succeeded().out())
        .isEqualTo("py ['x y', '']\n");
    Path shell = Files.writeString(directory.resolve("b"), "#!/bin/sh\necho sh $1\n");
    assertThat(exec("--file", shell.toString(), "--", "1").succeeded().out()).isEqualTo("sh 1\n");
  }

  @Test
  void stdin_is_read_only_with_i() throws IOException {
    Path input = Files.writeString(directory.resolve("input"), "hello\n");
    assertThat(gractl().stdin(input).run("exec", "--", "cat").succeeded().out()).isEmpty();
    assertThat(gractl().stdin(input).run("exec", "-i", "--", "cat").succeeded().out())
        .isEqualTo("hello\n");
  }

  @Test
  void json_is_one_object_with_all_that_happened() {
    var json =
        exec("-o", "json", "--", "sh", "-c", "echo out; echo err >&2; exit 4").exitedWith(4).json();
    assertThat(json.toString()).contains("out").contains("err").contains("4").contains("verified");
  }

  @Test
  void head_ends_a_command_that_writes_without_end() throws Exception {
    try (Gractl.Running running = gractl().start("exec", "--", "yes")) {
      byte[] first = running.process().getInputStream().readNBytes(2);
      assertThat(first).containsExactly('y', '\n');
      running.process().getInputStream().close();
      assertThat(running.exitCode()).as(running.err()).isEqualTo(141);
    }
  }

  @Test
  void term_cancels_the_command_at_once() throws Exception {
    try (Gractl.Running running = gractl().start("exec", "--", "sh", "-c", "echo up; sleep 300")) {
      assertThat(running.process().getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
      running.signal("TERM");
      assertThat(running.exitCode()).isEqualTo(143);
    }
    Awaitility.await()
        .until(
            () ->
                !gractl()
                    .run("execs", "list", "-o", "json")
                    .out()
                    .toLowerCase(java.util.Locale.ROOT)
                    .contains("running"));
  }

  @Test
  void the_first_interrupt_goes_to_the_command() throws Exception {
    try (Gractl.Running running =
        gractl()
            .start(
                "exec",
                "--",
                "sh",
                "-c",
                "trap 'echo caught; exit 9' INT; echo up; while :; do sleep 0.1; done")) {
      var out = running.process().getInputStream();
      assertThat(out.readNBytes(3)).asString().isEqualTo("up\n");
      running.signal("INT");
      assertThat(out.readAllBytes()).asString().isEqualTo("caught\n");
      assertThat(running.exitCode()).isEqualTo(9);
    }
  }

  @Test
  void a_detached_command_is_followed_up() {
    Outcome detached =
        exec("--detach", "-o", "json", "--", "sh", "-c", "echo begun; sleep 1; echo over")
            .succeeded();
    String id = detached.json().get("execId").toString();
    assertThat(gractl().run("execs", "attach", id).succeeded().out()).isEqualTo("begun\nover\n");
    assertThat(gractl().run("execs", "logs", id).succeeded().out()).isEqualTo("begun\nover\n");
  }

  @Test
  void a_killed_gractl_s_command_is_attached_to_and_gives_the_rest() throws Exception {
    String id = "killed-" + System.nanoTime();
    try (Gractl.Running running =
        gractl()
            .start(
                "exec", "--exec-id", id, "--", "sh", "-c", "echo one; sleep 2; echo two; exit 6")) {
      assertThat(running.process().getInputStream().readNBytes(4)).asString().isEqualTo("one\n");
      running.signal("KILL");
      running.exitCode();
    }
    Outcome rest = gractl().run("execs", "attach", id).exitedWith(6);
    assertThat(rest.out()).endsWith("two\n");
  }

  @Test
  void files_and_trees_are_copied_both_ways() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree/sub dir"));
    Files.write(tree.resolve("bytes"), new byte[] {0, 1, -1});
    Files.writeString(tree.resolve("new\nline"), "x");
    Files.setPosixFilePermissions(
        tree.resolve("bytes"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x---"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("bytes"));
    gractl().run("cp", directory.resolve("tree").toString(), ":copied").succeeded();
    assertThat(
            exec(
                    "--",
                    "sh",
                    "-c",
                    "stat -c %a 'copied/sub dir/bytes'; readlink 'copied/sub dir/link'")
                .out())
        .isEqualTo("750\nbytes\n");
    gractl().run("cp", ":copied", directory.resolve("back").toString()).succeeded();
    assertThat(directory.resolve("back/sub dir/bytes"))
        .hasSameBinaryContentAs(tree.resolve("bytes"));
    assertThat(directory.resolve("back/sub dir/new\nline")).hasContent("x");
    assertThat(gractl().run("cp", ":nowhere", ".").exitedWith(125).err())
        .isEqualTo("gractl: cp: nowhere: no such file or directory.\n");
    gractl().run("cp", directory.resolve("tree/sub dir/bytes").toString(), ":one").succeeded();
    gractl().run("cp", ":one", directory.resolve("one").toString()).succeeded();
    assertThat(directory.resolve("one")).hasSameBinaryContentAs(tree.resolve("bytes"));
    assertThat(gractl().run("cp", ":nowhere", directory.resolve("x").toString()).exitCode())
        .isNotZero();
    assertThat(directory.resolve("x")).doesNotExist();
  }

  @Test
  void a_stream_is_copied_into_a_file_and_back() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new java.util.Random(1).nextBytes(bytes);
    Path file = Files.write(directory.resolve("bytes"), bytes);

    Outcome up = gractl().stdin(file).run("cp", "-", ":sub/streamed").succeeded();
    assertThat(up.err()).contains("SHA-256 agrees");
    assertThat(gractl().run("cp", ":sub/streamed", "-").succeeded().stdout()).isEqualTo(bytes);

    assertThat(gractl().stdin(file).run("cp", "-", ":sub").exitedWith(125).err())
        .isEqualTo(
            "gractl: cp: sub is a directory: what comes from stdin has no name of its own.\n");
    assertThat(gractl().run("cp", ":nowhere", "-").exitedWith(125).err())
        .isEqualTo("gractl: cp: nowhere: no such file.\n");
    gractl().run("cp", "-", "-").exitedWith(2);
  }

  @Test
  void strays_are_ended_and_told_with_a_hint() {
    Outcome outcome = exec("--", "sh", "-c", "sleep 300 & echo started").succeeded();
    assertThat(outcome.out()).isEqualTo("started\n");
    assertThat(outcome.err()).contains("--detach");
  }
}
