package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.v1.Ending;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import dev.gra.v1.RunnerState;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a client is told when a runner, or all that runs in it, is killed. */
@Tag("cluster")
class PodFaultsTest {
  private static final long MEMORY = 160L << 20;

  /** Takes memory without end, and writes to it. */
  private static final String HOG = "a = []\nwhile True: a.append(bytearray(b'x' * (4 << 20)))";

  private final DeployedGra gra = DeployedGra.connect();

  @AfterEach
  void close() {
    gra.close();
  }

  private Runner withLittleMemory() {
    return gra.ensure(
        EnsureRunnerRequest.newBuilder()
            .setName("r")
            .setSpec(RunnerSpec.newBuilder().setMemoryBytes(MEMORY))
            .build());
  }

  private Runner readyAgain(Runner runner) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> gra.client().runners().get(runner.getName()),
            now -> now.getState() == RunnerState.RUNNER_STATE_READY);
  }

  @Test
  void an_exec_whose_pod_is_killed_is_told_so() throws Exception {
    Runner runner = gra.ensure("r");
    String pod = gra.pod(runner);
    var run =
        gra.run(
            DeployedGra.start(runner, "sh", "-c", "echo up; sleep 300").build(),
            () ->
                Kubectl.run(
                    "-n", "gra-runners", "delete", "pod", pod, "--grace-period=0", "--force"));

    // The kubelet leaves runnerd a moment even so; whether it is enough to say goodbye is open.
    var ending = run.ended().getEnding();
    assertThat(ending.hasRunnerLost() || ending.getCancelled().getBy().equals("runner deleted"))
        .as(run.ended().toString())
        .isTrue();
    assertThat(run.text()).isEqualTo("up\n");
    assertThat(gra.ensure("r").getUid()).isNotEqualTo(runner.getUid());
  }

  @Test
  void a_command_that_kills_runnerd_loses_the_runner_which_comes_back_by_itself() throws Exception {
    Runner runner = gra.ensure("r");
    gra.sh(runner, "echo kept >file");

    var ended = gra.sh(runner, "pkill -KILL -f 'runnerd[.]jar'; sleep 300").ended();

    assertThat(ended.getEnding().getKindCase()).isEqualTo(Ending.KindCase.RUNNER_LOST);
    assertThat(readyAgain(runner).getUid()).isEqualTo(runner.getUid());
    assertThat(gra.sh(runner, "cat file").text()).isEqualTo("kept\n");
  }

  @Test
  void a_command_over_the_memory_limit_is_out_of_memory_and_nothing_else_is() throws Exception {
    Runner runner = withLittleMemory();
    var hog = DeployedGra.start(runner, "python3", "-c", HOG).build();

    assertThat(gra.run(hog, () -> {}).ended().getEnding().getKindCase())
        .isEqualTo(Ending.KindCase.OUT_OF_MEMORY);
    assertThat(gra.sh(runner, "kill -KILL $$").ended().getEnding().getSignalled().getSignal())
        .isEqualTo(9);
    assertThat(readyAgain(runner).getUid()).isEqualTo(runner.getUid());
  }

  /**
   * As kernels do that end the whole container. This one may end one process only, so the command
   * has it choose runnerd, with which all else ends.
   */
  @Test
  void a_container_that_is_ended_as_a_whole_for_memory_is_out_of_memory_for_its_execs()
      throws Exception {
    Runner runner = withLittleMemory();
    String victims =
        "for p in $(pgrep -f 'runnerd[.]jar') 1; do echo 1000 >/proc/$p/oom_score_adj; done; ";
    var hog =
        DeployedGra.start(runner, "sh", "-c", victims + "echo -n >&2; exec python3 -c \"$0\"", HOG)
            .build();

    var ended = gra.run(hog, () -> {}).ended();
    assertThat(ended.getEnding().getKindCase())
        .as(ended.toString())
        .isEqualTo(Ending.KindCase.OUT_OF_MEMORY);
    assertThat(readyAgain(runner).getUid()).isEqualTo(runner.getUid());
  }
}
