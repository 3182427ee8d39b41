package dev.gra.runnerd.process;

import static dev.gra.runnerd.process.Processes.command;
import static dev.gra.runnerd.process.Processes.end;
import static dev.gra.runnerd.process.Processes.readFully;
import static dev.gra.runnerd.process.Processes.run;
import static dev.gra.runnerd.process.Processes.shell;
import static dev.gra.runnerd.process.Processes.spawn;
import static dev.gra.runnerd.process.Processes.withEnv;
import static dev.gra.runnerd.process.Processes.withStdin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gra.runnerd.process.SpawnException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnerTest {
  @TempDir Path directory;

  @Test
  void exit_137_and_a_kill_are_two_things() throws Exception {
    assertThat(end(spawn(shell("exit 137"))))
        .isInstanceOfSatisfying(
            Exit.Exited.class, exited -> assertThat(exited.code()).isEqualTo(137));
    assertThat(end(spawn(shell("kill -9 $$"))))
        .isInstanceOfSatisfying(
            Exit.Signalled.class,
            signalled -> assertThat(signalled.signal()).isEqualTo(Signals.KILL));
  }

  @Test
  void an_ending_tells_the_cpu_time() throws Exception {
    Exit exit = end(spawn(shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")));
    assertThat(exit.cpu()).isBetween(Duration.ofMillis(5), Duration.ofSeconds(10));
  }

  @Test
  void what_isnt_there_is_not_found() throws Exception {
    assertThat(reason(command("/no/such/program"))).isEqualTo(Reason.NOT_FOUND);
    assertThat(reason(command("no-such-program"))).isEqualTo(Reason.NOT_FOUND);
    assertThat(reason(command("/etc/passwd/program"))).isEqualTo(Reason.NOT_FOUND);
    assertThat(reason(command(""))).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void what_is_no_program_is_not_executable() throws Exception {
    Path script = program("script", "#!/no/such/interpreter\n");
    assertThat(reason(command(script.toString()))).isEqualTo(Reason.NOT_EXECUTABLE);
    assertThat(reason(command("/etc/passwd"))).isEqualTo(Reason.NOT_EXECUTABLE);
    assertThat(reason(command("/etc"))).isEqualTo(Reason.NOT_EXECUTABLE);
    assertThat(reason(withEnv(command("passwd"), "PATH", "/etc"))).isEqualTo(Reason.NOT_EXECUTABLE);
  }

  @Test
  void a_bad_working_directory_is_told_from_a_missing_program() {
    assertThat(reason(in("/no/such/directory", "true"))).isEqualTo(Reason.BAD_CWD);
    assertThat(reason(in("/etc/passwd", "true"))).isEqualTo(Reason.BAD_CWD);
  }

  @Test
  void too_many_arguments_are_too_long() {
    assertThat(reason(command("true", "x".repeat(200_000)))).isEqualTo(Reason.TOO_LONG);
    List<String> argv = new ArrayList<>(List.of("true"));
    for (int i = 0; i < 100; i++) {
      argv.add("x".repeat(100_000));
    }
    assertThat(reason(command(argv.toArray(String[]::new)))).isEqualTo(Reason.TOO_LONG);
  }

  @Test
  void a_script_without_an_interpreter_line_is_run_by_the_shell() throws Exception {
    Path script = program("script", "echo \"$0|$1|$2\"\n");
    assertThat(run(command(script.toString(), "a b", ""))).isEqualTo(script + "|a b|\n");
  }

  @Test
  void the_program_is_looked_up_on_the_commands_own_path_and_in_its_own_directory()
      throws Exception {
    program("greet", "#!/bin/sh\necho hello\n");
    assertThat(run(withEnv(command("greet"), "PATH", "/nowhere:" + directory)))
        .isEqualTo("hello\n");
    assertThat(run(withEnv(in(directory.toString(), "greet"), "PATH", "/nowhere:")))
        .isEqualTo("hello\n");
    assertThat(run(in(directory.toString(), "./greet"))).isEqualTo("hello\n");
  }

  @Test
  void arguments_arrive_byte_for_byte() throws Exception {
    String long100K = "ü".repeat(50_000);
    assertThat(
            run(command("printf", "<%s>", "", "a b", "'\"$(x)`", "two\nlines", "\u0001", long100K)))
        .isEqualTo("<><a b><'\"$(x)`><two\nlines><\u0001><" + long100K + ">");
  }

  @Test
  void the_environment_is_the_given_one_and_nothing_else() throws Exception {
    Command command =
        new Command(List.of("/usr/bin/env"), Map.of("A", "1=2", "B", "ü\n"), "/", false);
    assertThat(run(command).lines()).containsExactlyInAnyOrder("A=1=2", "B=ü", "");
  }

  @Test
  void a_command_gets_three_descriptors_only() throws Exception {
    assertThat(run(withStdin(shell("exec ls /proc/self/fd"))).lines())
        .containsExactly("0", "1", "2", "3");
  }

  @Test
  void stdin_is_empty_unless_asked_for() throws Exception {
    assertThat(run(command("wc", "-c"))).isEqualTo("0\n");
  }

  @Test
  void stdin_arrives_and_ends() throws Exception {
    Child child = spawn(withStdin(command("rev")));
    Fds.write(child.stdin(), direct("abc\n"));
    Fds.close(child.stdin());
    assertThat(readFully(child.stdout())).isEqualTo("cba\n".getBytes(StandardCharsets.UTF_8));
    Processes.reap(child);
    Processes.TREE.remove(child);
    Fds.close(child.pidfd());
    Fds.close(child.stdout());
    Fds.close(child.stderr());
  }

  @Test
  void signals_have_their_default_disposition_and_none_is_blocked() throws Exception {
    assertThat(run(command("grep", "-E", "Sig(Blk|Ign)", "/proc/self/status")).lines())
        .allSatisfy(line -> assertThat(line).endsWith("\t0000000000000000"));
    assertThat(end(spawn(shell("kill -QUIT $$; sleep 5"))))
        .isInstanceOfSatisfying(
            Exit.Signalled.class, signalled -> assertThat(signalled.signal()).isEqualTo(3));
  }

  @Test
  void a_command_leads_a_session_of_its_own() throws Exception {
    Child child = spawn(shell("ps -o pid=,pgid=,sid= -p $$"));
    String pid = Integer.toString(child.pid());
    assertThat(Processes.output(child).strip().split(" +")).containsExactly(pid, pid, pid);
  }

  @Test
  void the_mark_is_in_the_limits_of_the_command_only() throws Exception {
    Child child = Processes.SPAWNER.spawn(shell("grep realtime.timeout /proc/self/limits"), 4711);
    assertThat(child.mark()).isEqualTo(4711);
    assertThat(Processes.output(child)).contains(Long.toString((1L << 40) + 4711));
    assertThat(Files.readString(Path.of("/proc/self/limits")))
        .doesNotContain(Long.toString((1L << 40) + 4711));
  }

  @Test
  void a_background_process_that_holds_stdout_does_not_hide_the_end() throws Exception {
    Child child = spawn(shell("sleep 30 & echo $!"));
    String background = Processes.readLine(child.stdout());
    assertThat(Processes.reap(child)).isInstanceOf(Exit.Exited.class);
    assertThat(Fds.read(child.stdout(), ByteBuffer.allocateDirect(10))).isEqualTo(Fds.WOULD_BLOCK);
    Signals.kill(Integer.parseInt(background), Signals.KILL);
    assertThat(readFully(child.stdout())).isEmpty();
    Processes.TREE.reapOrphans();
    Processes.TREE.remove(child);
    Processes.close(child);
  }

  @Test
  void the_group_can_be_signalled_between_the_end_and_the_reaping() throws Exception {
    Child child = spawn(shell("sleep 30 & echo $!"));
    int background = Integer.parseInt(Processes.readLine(child.stdout()));
    org.awaitility.Awaitility.await().until(() -> child.exit().isPresent());
    assertThat(child.signalGroup(Signals.KILL)).isTrue();
    assertThat(child.exit()).isEqualTo(child.reap());
    assertThat(child.signalGroup(Signals.KILL)).isFalse();
    assertThat(child.reap()).isEmpty();
    org.awaitility.Awaitility.await().until(() -> Processes.TREE.scan(child).isEmpty());
    assertThat(Processes.isAlive(background)).isFalse();
    Processes.TREE.remove(child);
    Processes.close(child);
  }

  @Test
  void two_hundred_at_once_each_with_its_own_ending() throws Exception {
    List<Child> children = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      children.add(spawn(shell("sleep 0.2; exit " + i)));
    }
    for (int i = 0; i < 200; i++) {
      Exit exit = end(children.get(i));
      int code = i;
      assertThat(exit)
          .isInstanceOfSatisfying(
              Exit.Exited.class, exited -> assertThat(exited.code()).isEqualTo(code));
    }
  }

  @Test
  void five_hundred_spawns_leave_no_descriptor() throws Exception {
    end(spawn(command("true")));
    int before = Processes.openDescriptors();
    for (int i = 0; i < 500; i++) {
      end(spawn(withStdin(command("true"))));
    }
    assertThat(reason(command("no-such-program"))).isEqualTo(Reason.NOT_FOUND);
    assertThat(reason(command("true", "x".repeat(200_000)))).isEqualTo(Reason.TOO_LONG);
    assertThat(reason(in("/etc/passwd", "true"))).isEqualTo(Reason.BAD_CWD);
    assertThat(Processes.openDescriptors()).isEqualTo(before);
  }

  @Test
  void a_command_that_cant_be_one_is_refused() {
    assertThatThrownBy(() -> command()).hasMessageContaining("argv");
    assertThatThrownBy(() -> command("a\0b")).hasMessageContaining("NUL");
    assertThatThrownBy(() -> withEnv(command("true"), "A=B", "")).hasMessageContaining("A=B");
    assertThatThrownBy(() -> in("relative", "true")).hasMessageContaining("relative");
  }

  private static Command in(String cwd, String... argv) {
    return new Command(List.of(argv), Map.of("PATH", "/usr/bin:/bin"), cwd, false);
  }

  private static Reason reason(Command command) {
    return catchThrowableOfType(SpawnException.class, () -> spawn(command)).reason();
  }

  private static ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private Path program(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
