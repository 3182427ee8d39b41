package dev.gra.grad.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProcessTableTest {
  /** Becomes itself again and again; its environment is unreadable while it does. */
  private static final String RESTLESS = "exec /bin/sh -c \"$0\" \"$0\"";

  private static final Duration LOOKING = Duration.ofSeconds(3);

  private final String mark = "GRA_TEST_MARK=" + UUID.randomUUID();

  @Test
  @Timeout(60)
  void a_process_in_the_middle_of_an_exec_is_found() throws Exception {
    var restless = start("/bin/sh", "-c", RESTLESS, RESTLESS);
    try {
      var deadline = System.nanoTime() + LOOKING.toNanos();
      while (System.nanoTime() - deadline < 0) {
        assertThat(ProcessTable.marked(mark))
            .extracting(ProcessIdentity::pid)
            .containsExactly(restless.pid());
      }
    } finally {
      end(restless);
    }
  }

  @Test
  @Timeout(60)
  void a_process_without_an_environment_is_no_reason_to_wait() throws Exception {
    var bare = start("env", "-i", "/bin/sleep", "1000");
    try {
      while (!ProcessTable.marked(mark).isEmpty()) {
        Thread.onSpinWait(); // env has not become sleep yet.
      }
      var begin = System.nanoTime();
      assertThat(ProcessTable.marked(mark)).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    } finally {
      end(bare);
    }
  }

  private Process start(String... argv) throws IOException {
    var builder = new ProcessBuilder(List.of(argv));
    var equals = mark.indexOf('=');
    builder.environment().put(mark.substring(0, equals), mark.substring(equals + 1));
    return builder.start();
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }
}
