package dev.gra.runnerd.process;

import static dev.gra.runnerd.process.Processes.SPAWNER;
import static dev.gra.runnerd.process.Processes.TREE;
import static dev.gra.runnerd.process.Processes.isAlive;
import static dev.gra.runnerd.process.Processes.readLine;
import static dev.gra.runnerd.process.Processes.shell;
import static dev.gra.runnerd.process.Processes.spawn;
import static dev.gra.runnerd.process.Processes.withEnv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {
  private final List<Child> children = new ArrayList<>();

  @AfterEach
  void nothing_is_left() {
    children.forEach(child -> child.signalGroup(Signals.KILL));
    for (Child child : children) {
      await()
          .pollDelay(Duration.ZERO)
          .until(
              () -> {
                List<Stray> strays = TREE.scan(child);
                strays.forEach(stray -> TREE.signal(stray, Signals.KILL));
                return strays.isEmpty();
              });
      if (!child.isReaped()) {
        Processes.reap(child);
      }
      TREE.remove(child);
      Processes.close(child);
    }
    TREE.unclaimed().forEach(stray -> TREE.signal(stray, Signals.KILL));
    await().until(() -> TREE.unclaimed().isEmpty());
  }

  @Test
  void a_command_that_ends_alone_leaves_nothing() throws Exception {
    Child child = started(shell("true | true"));
    Processes.reap(child);
    assertThat(TREE.scan(child)).isEmpty();
  }

  @Test
  void a_background_process_is_found_after_the_end_and_ends_by_its_signal() throws Exception {
    Child child = started(shell("sleep 100 & echo $!"));
    int pid = Integer.parseInt(readLine(child.stdout()));
    Processes.reap(child);
    assertThat(TREE.scan(child))
        .singleElement()
        .satisfies(stray -> assertThat(stray.pid()).isEqualTo(pid))
        .satisfies(stray -> assertThat(stray.name()).isIn("sleep", "sh"))
        .satisfies(stray -> assertThat(TREE.signal(stray, Signals.TERM)).isTrue());
    await().until(() -> TREE.scan(child).isEmpty());
    assertThat(isAlive(pid)).isFalse();
  }

  @Test
  void a_tree_is_found_while_its_main_process_lives() throws Exception {
    Child child = started(shell("(sleep 100 & setsid sh -c 'sleep 101; true' & echo ready; wait)"));
    readLine(child.stdout());
    await()
        .untilAsserted(
            () ->
                assertThat(TREE.scan(child))
                    .extracting(Stray::name)
                    .contains("sleep", "sh")
                    .hasSize(4));
    assertThat(TREE.scan(child)).extracting(Stray::pid).doesNotContain(child.pid());
  }

  @Test
  void a_daemon_in_a_session_of_its_own_is_found_by_its_mark() throws Exception {
    Child child = started(shell("env -i setsid setsid sh -c 'echo $$; exec sleep 100' &"));
    int pid = Integer.parseInt(readLine(child.stdout()));
    Processes.reap(child);
    assertThat(TREE.scan(child)).extracting(Stray::pid).containsExactly(pid);
  }

  @Test
  void one_without_mark_and_session_is_found_by_its_exec_id() throws Exception {
    Child child = started(withEnv(escapee("setsid"), "GRA_EXEC_ID", "an-exec"));
    int pid = Integer.parseInt(readLine(child.stdout()));
    Processes.reap(child);
    assertThat(TREE.scan(child)).extracting(Stray::pid).containsExactly(pid);
  }

  @Test
  void one_that_broke_every_mark_is_unclaimed() throws Exception {
    Child child = started(withEnv(escapee("env -i setsid"), "GRA_EXEC_ID", "an-exec"));
    int pid = Integer.parseInt(readLine(child.stdout()));
    Processes.reap(child);
    assertThat(TREE.scan(child)).isEmpty();
    assertThat(TREE.unclaimed()).extracting(Stray::pid).containsExactly(pid);
  }

  @Test
  void other_commands_are_left_alone() throws Exception {
    Child one = started(shell("setsid sleep 100 & echo $!"));
    Child other = started(shell("setsid sleep 100 & echo $!"));
    int strayOfOne = Integer.parseInt(readLine(one.stdout()));
    int strayOfOther = Integer.parseInt(readLine(other.stdout()));
    Processes.reap(one);
    Processes.reap(other);
    assertThat(TREE.scan(one)).extracting(Stray::pid).containsExactly(strayOfOne);
    assertThat(TREE.scan(other)).extracting(Stray::pid).containsExactly(strayOfOther);
    assertThat(TREE.unclaimed()).isEmpty();
  }

  @Test
  void a_stray_is_not_signalled_when_its_pid_is_anothers() throws Exception {
    Child child = started(shell("sleep 100 & echo $!"));
    int pid = Integer.parseInt(readLine(child.stdout()));
    Stray stray = TREE.scan(child).getFirst();
    assertThat(TREE.signal(new Stray(pid, stray.startTime() - 1, "sleep"), Signals.KILL)).isFalse();
    assertThat(isAlive(pid)).isTrue();
  }

  @Test
  void dead_orphans_are_reaped_while_their_command_runs() throws Exception {
    String orphans = "for i in 1 2 3; do (true & printf '%s ' $!); done; echo; exec sleep 100";
    Child child = started(shell(orphans));
    for (String orphan : readLine(child.stdout()).split(" ", -1)) {
      await()
          .until(
              () -> {
                TREE.reapOrphans();
                return Files.notExists(Path.of("/proc", orphan));
              });
    }
    assertThat(TREE.scan(child)).isEmpty();
    assertThat(isAlive(child.pid())).isTrue();
  }

  @Test
  void a_former_incarnations_processes_are_found_by_mark_or_environment() throws Exception {
    Child marked = SPAWNER.spawn(shell("exec sleep 100"), 815);
    Child named = started(withEnv(shell("exec sleep 100"), "GRA_RUNNER_UID", "a-uid"));
    Child neither = started(shell("exec sleep 100"));
    children.add(marked);
    await()
        .untilAsserted(
            () ->
                assertThat(TREE.sweep(Set.of(815L), "GRA_RUNNER_UID=a-uid"))
                    .extracting(Stray::pid)
                    .contains(marked.pid(), named.pid())
                    .doesNotContain(neither.pid()));
  }

  @Test
  void without_the_kernels_lists_of_children_a_look_at_all_processes_finds_the_same()
      throws Exception {
    ProcessTree scanning = new ProcessTree(false);
    Child child =
        started(shell("sh -c 'sleep 100; true' & setsid sleep 101 & echo ready; sleep 0.1"));
    readLine(child.stdout());
    scanning.add(child);
    await().untilAsserted(() -> assertThat(scanning.scan(child)).hasSizeGreaterThanOrEqualTo(3));
    Processes.reap(child);
    await().untilAsserted(() -> assertThat(scanning.scan(child)).hasSize(3));
    assertThat(scanning.scan(child)).hasSameElementsAs(TREE.scan(child));
  }

  @Test
  void looking_for_leftovers_costs_far_less_than_a_millisecond() throws Exception {
    for (int i = 0; i < 100; i++) {
      started(shell("exec sleep 100"));
    }
    Child child = started(shell("true"));
    Processes.reap(child);
    LongSupplier once =
        () -> {
          long start = System.nanoTime();
          assertThat(TREE.scan(child)).isEmpty();
          return System.nanoTime() - start;
        };
    // The first ones are for the compiler.
    long[] nanos = LongStream.generate(once).limit(1000).skip(499).sorted().toArray();
    assertThat(nanos[250]).isLessThan(1_000_000);
  }

  /** Sets the limit that bears the mark to another value first. */
  private static Command escapee(String how) {
    return shell(how + " prlimit --rttime=1000000000: sh -c 'echo $$; exec sleep 100' &");
  }

  private Child started(Command command) throws SpawnException {
    Child child = spawn(command);
    children.add(child);
    return child;
  }
}
