package dev.gra.grad.telemetry;

import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Optional;

/** What a process' span says of its ending. No argument or variable: they may hold secrets. */
final class ProcessAttributes {
  private static final AttributeKey<Long> EXIT_CODE = AttributeKey.longKey("process.exit.code");
  private static final AttributeKey<String> EXEC = AttributeKey.stringKey("gra.exec.id");
  private static final AttributeKey<String> RUNNER = AttributeKey.stringKey("gra.runner.name");
  private static final AttributeKey<String> UID = AttributeKey.stringKey("gra.runner.uid");
  private static final AttributeKey<String> ENDING = AttributeKey.stringKey("gra.exec.ending");
  private static final AttributeKey<Long> SIGNAL = AttributeKey.longKey("gra.exec.signal");
  private static final AttributeKey<Long> STDIN = AttributeKey.longKey("gra.exec.stdin.bytes");
  private static final AttributeKey<Long> STDOUT = AttributeKey.longKey("gra.exec.stdout.bytes");
  private static final AttributeKey<Long> STDERR = AttributeKey.longKey("gra.exec.stderr.bytes");
  private static final AttributeKey<Long> STRAYS = AttributeKey.longKey("gra.exec.strays_killed");

  private ProcessAttributes() {}

  static Attributes of(String execId, String runner, String runnerUid, Ended ended) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put(EXEC, execId)
            .put(RUNNER, runner)
            .put(UID, runnerUid)
            .put(ENDING, Endings.name(ended.getEnding()))
            .put(STDIN, ended.getStdin().getBytes())
            .put(STDOUT, ended.getStdout().getBytes())
            .put(STDERR, ended.getStderr().getBytes())
            .put(STRAYS, (long) ended.getStraysKilled());
    if (ended.getEnding().hasExited()) {
      attributes.put(EXIT_CODE, (long) ended.getEnding().getExited().getCode());
    }
    if (ended.getEnding().hasSignalled()) {
      attributes.put(SIGNAL, (long) ended.getEnding().getSignalled().getSignal());
    }
    return attributes.build();
  }

  /** The error's type, unless it went well. */
  static Optional<String> error(Ending ending) {
    if (ending.hasExited()) {
      int code = ending.getExited().getCode();
      return code == 0 ? Optional.empty() : Optional.of("exit_code_" + code);
    }
    return Optional.of(Endings.name(ending));
  }
}
