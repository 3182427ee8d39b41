package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.v1.Cancelled;
import dev.gra.v1.Ending;
import dev.gra.v1.Exited;
import dev.gra.v1.FailedToStart;
import dev.gra.v1.FailedToStart.Reason;
import dev.gra.v1.OutOfMemory;
import dev.gra.v1.OutputLimit;
import dev.gra.v1.RunnerLost;
import dev.gra.v1.Signalled;
import dev.gra.v1.StdinLost;
import dev.gra.v1.TimedOut;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExitCodesTest {
  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(Ending.newBuilder().setExited(Exited.newBuilder().setCode(0)), 0, "exited"),
        Arguments.of(
            Ending.newBuilder().setExited(Exited.newBuilder().setCode(255)), 255, "exited"),
        Arguments.of(signalled(2), 130, "signalled"),
        Arguments.of(signalled(9), 137, "signalled"),
        Arguments.of(signalled(15), 143, "signalled"),
        Arguments.of(
            Ending.newBuilder().setTimedOut(TimedOut.getDefaultInstance()), 124, "timed_out"),
        Arguments.of(
            Ending.newBuilder().setOutOfMemory(OutOfMemory.getDefaultInstance()),
            137,
            "out_of_memory"),
        Arguments.of(
            Ending.newBuilder().setCancelled(Cancelled.getDefaultInstance()), 143, "cancelled"),
        Arguments.of(failed(Reason.REASON_NOT_FOUND), 127, "failed_to_start"),
        Arguments.of(failed(Reason.REASON_NOT_EXECUTABLE), 126, "failed_to_start"),
        Arguments.of(failed(Reason.REASON_BAD_CWD), 125, "failed_to_start"),
        Arguments.of(failed(Reason.REASON_TOO_LONG), 125, "failed_to_start"),
        Arguments.of(failed(Reason.REASON_NO_RESOURCES), 125, "failed_to_start"),
        Arguments.of(failed(Reason.REASON_UNSPECIFIED), 125, "failed_to_start"),
        Arguments.of(
            Ending.newBuilder().setRunnerLost(RunnerLost.getDefaultInstance()), 125, "runner_lost"),
        Arguments.of(
            Ending.newBuilder().setOutputLimit(OutputLimit.getDefaultInstance()),
            125,
            "output_limit"),
        Arguments.of(
            Ending.newBuilder().setStdinLost(StdinLost.getDefaultInstance()), 125, "stdin_lost"),
        Arguments.of(Ending.newBuilder(), 125, "unknown"));
  }

  @ParameterizedTest
  @MethodSource("table")
  void each_ending_has_its_exit_code_and_its_word(Ending.Builder ending, int code, String kind) {
    assertThat(ExitCodes.of(ending.build())).isEqualTo(code);
    assertThat(Endings.json(ending.build())).containsEntry("kind", kind);
    assertThat(Endings.describe(ending.build())).isNotBlank();
  }

  private static Ending.Builder signalled(int signal) {
    return Ending.newBuilder().setSignalled(Signalled.newBuilder().setSignal(signal));
  }

  private static Ending.Builder failed(Reason reason) {
    return Ending.newBuilder().setFailedToStart(FailedToStart.newBuilder().setReason(reason));
  }
}
