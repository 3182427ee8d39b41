package dev.gra.grad.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.DatasetMount;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalMountsTest {
  private static final Isolation SANDBOX =
      new Bubblewrap(null, Path.of("/usr/bin/bwrap"), Path.of("/"), () -> Interpreters.NONE);
  private static final Isolation NONE = new Unisolated(null, null);

  @TempDir private Path empty;

  private static Datasets datasets(Optional<DatasetMount> mount) {
    var secret = Optional.of("s3-key");
    return new Datasets(
        List.of(new Dataset("d", "nyc", "", "us-east-1", Optional.empty(), secret, mount)));
  }

  private static final Datasets MOUNTED =
      datasets(Optional.of(new DatasetMount("/workspace/dataset/d", false)));

  private static String refusal(Isolation isolation, String path) {
    var refused =
        catchThrowableOfType(
            RunnerException.class, () -> LocalMounts.require(MOUNTED, isolation, path));
    assertThat(refused.failure()).isInstanceOf(Unsupported.class);
    return refused.getMessage();
  }

  @Test
  void what_mounting_wants_and_is_not_there_is_named() {
    assertThat(refusal(SANDBOX, empty.toString()))
        .isEqualTo("datasets can't be mounted: there is no s3fs");
    assertThat(refusal(NONE, System.getenv("PATH")))
        .isEqualTo("without isolation datasets aren't mounted");
  }

  @Test
  void datasets_that_are_not_mounted_want_nothing_of_it() {
    LocalMounts.require(datasets(Optional.empty()), NONE, "");
  }

  @Test
  void only_a_sandbox_with_mounts_has_something_around_it_and_no_key_is_said() throws Exception {
    var directory = new RunnerDirectory(empty, dev.gra.grad.runner.RunnerUid.random());
    var sandbox = List.of("bwrap", "runnerd");

    assertThat(LocalMounts.around(sandbox, datasets(Optional.empty()), directory))
        .isEqualTo(sandbox);
    assertThat(LocalMounts.around(sandbox, MOUNTED, directory))
        .startsWith("unshare", "--user")
        .endsWith("bwrap", "runnerd")
        .containsSequence("1", "d", "d", "S3_KEY", "nyc:/");
  }
}
