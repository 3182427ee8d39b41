package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.v1.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadTest extends DaemonTest {
  @Test
  void two_hundred_execs_at_once_each_have_their_own_output_and_ending() throws Exception {
    List<TestExec> execs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      execs.add(
          link.start(
              shell("sleep 1; seq " + i + " " + (i + 20_000) + "; exit " + i % 100).build()));
    }
    for (int i = 0; i < 200; i++) {
      Ended ended = execs.get(i).verified();
      assertThat(ended.getEnding().getExited().getCode()).isEqualTo(i % 100);
      assertThat(execs.get(i).stdoutText())
          .startsWith(i + "\n" + (i + 1) + "\n")
          .endsWith("\n" + (i + 20_000) + "\n");
    }
  }

  @Test
  void nothing_is_left_after_five_hundred_execs() throws Exception {
    run(20);
    int before = descriptors();
    int threads = Thread.activeCount();
    run(500);
    await().until(() -> descriptors() <= before + 2);
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  private void run(int count) throws Exception {
    List<TestExec> execs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      execs.add(link.start(command("echo", "x").build()));
      if (execs.size() == 50) {
        finish(execs);
      }
    }
    finish(execs);
  }

  private static void finish(List<TestExec> execs) throws Exception {
    for (TestExec exec : execs) {
      assertThat(exec.verified().getEnding().getExited().getCode()).isZero();
    }
    execs.clear();
  }

  private static int descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return (int) open.count();
    }
  }
}
