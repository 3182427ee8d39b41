package dev.gra.grad.local;

import static dev.gra.grad.local.LocalBench.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.NoRoom;
import dev.gra.grad.runner.RunnerFailure.StartFailed;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.SpecRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the local runtime refuses or gives up, and how it says so. */
class LocalRefusalsTest extends LocalRuntimeFixture {
  @Test
  void a_runnerd_that_does_not_start_is_told_with_its_last_words_and_leaves_nothing()
      throws Exception {
    runtime.close();
    runtime = bench.with("--fail", "no luck today").open();

    assertThatThrownBy(() -> ensure("r"))
        .isInstanceOfSatisfying(
            RunnerException.class,
            e -> {
              assertThat(e.failure()).isInstanceOf(StartFailed.class);
              assertThat(e).hasMessageContaining("stand-in: no luck today");
            });
    bench.assertNothingLeft();
  }

  @Test
  void a_runner_that_keeps_dying_fails_and_the_next_ensure_makes_another() throws Exception {
    var runner = ensure("r");
    var die = bench.directory(runner).workspace().resolve("die");
    Files.createFile(die);
    bench.killRunnerd(runner);

    await()
        .atMost(PATIENCE)
        .until(() -> runtime.get(ALICE, runner.name()).state() == RunnerState.FAILED);
    assertThat(runtime.get(ALICE, runner.name()).message()).contains("told to die");
    assertThat(ensure("r").uid()).isNotEqualTo(runner.uid());
  }

  @Test
  void a_slow_start_can_be_deleted_at_once() throws Exception {
    runtime.close();
    runtime = bench.with("--delay", "25").open();
    var making = Thread.ofVirtual().unstarted(() -> assertThatThrownBy(() -> ensure("r")));
    making.start();
    await().atMost(PATIENCE).until(() -> !runtime.list(ALICE).isEmpty());
    var begin = System.nanoTime();

    runtime.delete(ALICE, new RunnerName("r"), Optional.empty());

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    making.join();
    bench.assertNothingLeft();
  }

  @Test
  void more_runners_than_there_is_room_for_are_refused() throws Exception {
    runtime.close();
    runtime = bench.maxRunners(1).open();
    ensure("a");

    assertThatThrownBy(() -> ensure("b"))
        .isInstanceOfSatisfying(
            RunnerException.class, e -> assertThat(e.failure()).isInstanceOf(NoRoom.class));
    assertThat(ensure("a").name()).isEqualTo(new RunnerName("a"));
  }

  @Test
  void a_dataset_whose_secret_is_missing_or_open_or_unfinished_is_refused_without_a_word_of_it()
      throws Exception {
    var dataset = new Dataset("d", "nyc", "", "us-east-1", Optional.empty(), Optional.of("s3-key"));
    assertRefused(dataset, "there is no ");

    var file = bench.home().resolve("secrets/s3-key");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "AWS_ACCESS_KEY_ID=id-1\nAWS_SECRET_ACCESS_KEY=hush\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertRefused(dataset, "others than its owner can read it");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "AWS_ACCESS_KEY_ID=id-1\nAWS_SECRET_ACCESS_KEY=\n");
    assertRefused(dataset, "it has no AWS_SECRET_ACCESS_KEY");
    assertThat(runtime.list(ALICE)).isEmpty();
  }

  private void assertRefused(Dataset dataset, String why) {
    var spec =
        new SpecRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Datasets(List.of(dataset))));
    assertThatThrownBy(
            () ->
                runtime.ensure(
                    ALICE,
                    new EnsureRequest(new RunnerName("r"), Labels.NONE, spec, false),
                    _ -> {}))
        .isInstanceOfSatisfying(
            RunnerException.class, e -> assertThat(e.failure()).isInstanceOf(Unsupported.class))
        .hasMessageContaining("secret s3-key of a dataset can't be used: " + why)
        .hasMessageNotContaining("hush");
  }

  @Test
  void an_image_is_refused_by_its_field() {
    var spec =
        new SpecRequest(
            Optional.empty(),
            Optional.of("debian"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThatThrownBy(
            () ->
                runtime.ensure(
                    ALICE,
                    new EnsureRequest(new RunnerName("r"), Labels.NONE, spec, false),
                    _ -> {}))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("spec.image"));
  }

  @Test
  void any_files_that_commands_leave_are_removed() throws Exception {
    var runner = ensure("r");
    sh(
        runtime,
        runner,
        """
        mkdir -p a/b closed/in; touch "$(printf 'bad\\377name')" 'new
        line' closed/in/f; ln -s /usr usr; ln -s . loop; mkfifo fifo
        chmod 0 closed/in closed; chmod 555 a
        """);
    var usr = Files.exists(Path.of("/usr/bin"));

    runtime.delete(ALICE, runner.name(), Optional.empty());

    bench.assertNothingLeft();
    assertThat(Files.exists(Path.of("/usr/bin"))).isEqualTo(usr);
  }

  @Test
  void the_state_directory_is_its_owners_alone() throws Exception {
    var runner = ensure("r");
    for (var path :
        new Path[] {
          bench.home(), bench.home().resolve("runners"), bench.directory(runner).path(),
        }) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void a_missing_bubblewrap_is_told_with_the_fix() throws Exception {
    assertThatThrownBy(() -> BubblewrapProbe.find("/nowhere", "/neither"))
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isInstanceOfSatisfying(
                        Unsupported.class,
                        failure ->
                            assertThat(failure.fix())
                                .contains("apt-get install bubblewrap")
                                .contains("--isolation none")));
  }

  @Test
  void a_bubblewrap_that_does_not_work_is_told_with_the_fix() throws Exception {
    runtime.close();
    var bin = Files.createDirectories(bench.directory().resolve("bin"));
    var bwrap = bin.resolve("bwrap");
    Files.writeString(
        bwrap, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
    Files.setPosixFilePermissions(bwrap, PosixFilePermissions.fromString("rwxr-xr-x"));
    var path = System.getenv("PATH");
    bench.environment("PATH", bin + ":" + path);

    assertThatThrownBy(bench::open)
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isInstanceOfSatisfying(
                        Unsupported.class,
                        failure -> {
                          assertThat(failure.message()).contains("No permissions to create");
                          assertThat(failure.fix()).endsWith("--isolation none");
                        }));

    runtime = bench.environment("PATH", path).open();
  }
}
