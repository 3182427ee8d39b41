package dev.gra.grad.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.RunnerFailure.Exists;
import dev.gra.grad.runner.RunnerFailure.Gone;
import dev.gra.grad.runner.RunnerFailure.NotFound;
import dev.gra.grad.runner.RunnerFailure.SpecConflict;
import dev.gra.grad.runner.RunnerFailure.UidMismatch;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import java.io.IOException;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RunnerRuntime} does. A runtime's test extends it and says how to look behind
 * the scenes.
 */
public abstract class RunnerRuntimeContract {
  protected static final Owner ALICE = new Owner("alice");
  protected static final Owner BOB = new Owner("bob");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private RunnerRuntime runtime;

  /** Opens the runtime anew, as a grad that starts does; what ran before is still there. */
  protected abstract RunnerRuntime open() throws Exception;

  /** Ends the runner's runnerd as a crash would. */
  protected abstract void killRunnerd(Runner runner) throws Exception;

  protected abstract void putIntoWorkspace(Runner runner, String file) throws Exception;

  protected abstract List<String> workspace(Runner runner) throws Exception;

  /** Fails if anything of any runner is left. */
  protected abstract void assertNothingLeft() throws Exception;

  /** After each test, when its runtime is closed. */
  protected void cleanUp() throws Exception {}

  @BeforeEach
  void openRuntime() throws Exception {
    runtime = open();
  }

  @AfterEach
  void deleteAllAndClose() throws Exception {
    for (var owner : List.of(ALICE, BOB)) {
      runtime.list(owner).forEach(runner -> deleteIfThere(owner, runner.name()));
    }
    runtime.close();
    cleanUp();
  }

  private void deleteIfThere(Owner owner, RunnerName name) {
    try {
      runtime.delete(owner, name, Optional.empty());
    } catch (RunnerException e) {
      assertThat(e.failure()).isInstanceOf(NotFound.class);
    }
  }

  private Ensured ensure(String name) {
    return runtime.ensure(ALICE, EnsureRequest.named(name), _ -> {});
  }

  private Ensured ensure(String name, SpecRequest spec) {
    return runtime.ensure(
        ALICE, new EnsureRequest(new RunnerName(name), Labels.NONE, spec, false), _ -> {});
  }

  protected static Consumer<Throwable> failure(Class<? extends RunnerFailure> type) {
    return thrown ->
        assertThat(thrown)
            .isInstanceOfSatisfying(
                RunnerException.class, e -> assertThat(e.failure()).isInstanceOf(type));
  }

  private static void assertFails(
      Class<? extends RunnerFailure> type,
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).satisfies(failure(type)::accept);
  }

  private static SpecRequest preset(Preset preset) {
    return spec(Optional.of(preset), Optional.empty());
  }

  private static SpecRequest idle(Duration after) {
    return spec(Optional.empty(), Optional.of(IdleTimeout.after(after)));
  }

  private static SpecRequest spec(Optional<Preset> preset, Optional<IdleTimeout> idle) {
    return new SpecRequest(
        preset, Optional.empty(), Optional.empty(), Optional.empty(), idle, Optional.empty());
  }

  /** What runnerd says of itself. */
  protected static Hello greet(RunnerRuntime runtime, Runner runner) throws IOException {
    try (var channel = runtime.connect(runner)) {
      LinkRequest.newBuilder()
          .setHello(Hello.newBuilder().setMinVersion(1).setMaxVersion(1).setSoftware("test"))
          .build()
          .writeDelimitedTo(Channels.newOutputStream(channel));
      return LinkResponse.parseDelimitedFrom(Channels.newInputStream(channel)).getHello();
    }
  }

  @Test
  void a_new_runner_is_ready_and_has_what_was_asked_for() {
    var labels = new Labels(Map.of("a", "1", "b/c", ""));
    var request = new EnsureRequest(new RunnerName("r"), labels, preset(Preset.MEDIUM), true);

    var made = runtime.ensure(ALICE, request, _ -> {});

    assertThat(made.created()).isTrue();
    var runner = made.runner();
    assertThat(runner.owner()).isEqualTo(ALICE);
    assertThat(runner.name()).isEqualTo(new RunnerName("r"));
    assertThat(runner.labels()).isEqualTo(labels);
    assertThat(runner.state()).isEqualTo(RunnerState.READY);
    assertThat(runner.spec().preset()).isEqualTo(Preset.MEDIUM);
    assertThat(runner.spec().cpuMillis()).isEqualTo(Preset.MEDIUM.cpuMillis());
    assertThat(runner.spec().memoryBytes()).isEqualTo(Preset.MEDIUM.memoryBytes());
    assertThat(runtime.get(ALICE, runner.name())).isEqualTo(runner);
  }

  @Test
  void the_stages_are_told_in_order_on_the_callers_thread() {
    var stages = new ArrayList<CreationStage>();
    var threads = new ArrayList<Thread>();

    runtime.ensure(
        ALICE,
        EnsureRequest.named("r"),
        stage -> {
          stages.add(stage);
          threads.add(Thread.currentThread());
        });

    assertThat(stages.stream().map(CreationStage::name))
        .containsSubsequence(CreationStage.ACCEPTED, CreationStage.STARTED, CreationStage.READY)
        .endsWith(CreationStage.READY);
    assertThat(stages.stream().map(CreationStage::time)).isSorted();
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  void an_existing_runner_is_adopted_where_the_wanted_fields_agree() {
    var made = ensure("r", preset(Preset.MEDIUM)).runner();

    assertThat(ensure("r")).isEqualTo(new Ensured(made, false));
    assertThat(ensure("r", preset(Preset.MEDIUM))).isEqualTo(new Ensured(made, false));
  }

  @Test
  void another_spec_is_a_conflict_that_names_the_field() {
    ensure("r");

    assertThatThrownBy(() -> ensure("r", idle(Duration.ofHours(1))))
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isEqualTo(new SpecConflict(new RunnerName("r"), "spec.idle_timeout")));
  }

  @Test
  void a_runner_that_must_be_new_must_be_new() {
    var request = new EnsureRequest(new RunnerName("r"), Labels.NONE, SpecRequest.ANY, true);
    runtime.ensure(ALICE, request, _ -> {});

    assertFails(Exists.class, () -> runtime.ensure(ALICE, request, _ -> {}));
  }

  @Test
  void many_ensures_at_once_make_one_runner() throws Exception {
    var all = new ArrayList<Future<Ensured>>();
    var begin = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 20; i++) {
        all.add(
            threads.submit(
                () -> {
                  begin.await();
                  return ensure("r");
                }));
      }
      begin.countDown();
    }
    var results = new ArrayList<Ensured>();
    for (var one : all) {
      results.add(one.get());
    }

    assertThat(results.stream().map(ensured -> ensured.runner().uid()).distinct()).hasSize(1);
    assertThat(results.stream().filter(Ensured::created)).hasSize(1);
    assertThat(runtime.list(ALICE)).hasSize(1);
  }

  @Test
  void owners_see_their_own_runners_only_in_order_of_name() {
    var b = ensure("b").runner();
    var a = ensure("a").runner();
    var theirs = runtime.ensure(BOB, EnsureRequest.named("a"), _ -> {}).runner();

    assertThat(runtime.list(ALICE)).containsExactly(a, b);
    assertThat(runtime.list(BOB)).containsExactly(theirs);
    assertThat(theirs.uid()).isNotEqualTo(a.uid());
    assertFails(NotFound.class, () -> runtime.get(BOB, b.name()));
    assertFails(NotFound.class, () -> runtime.delete(BOB, b.name(), Optional.empty()));
  }

  @Test
  void a_deleted_runner_leaves_nothing() throws Exception {
    var runner = ensure("r").runner();
    putIntoWorkspace(runner, "file");

    runtime.delete(ALICE, runner.name(), Optional.of(runner.uid()));

    assertNothingLeft();
    assertThat(runtime.list(ALICE)).isEmpty();
    assertFails(NotFound.class, () -> runtime.get(ALICE, runner.name()));
    assertFails(NotFound.class, () -> runtime.delete(ALICE, runner.name(), Optional.empty()));
    assertFails(Gone.class, () -> runtime.connect(runner).close());
  }

  @Test
  void a_delete_that_names_another_uid_deletes_nothing() {
    var runner = ensure("r").runner();

    assertFails(
        UidMismatch.class,
        () -> runtime.delete(ALICE, runner.name(), Optional.of(RunnerUid.random())));
    assertThat(runtime.get(ALICE, runner.name())).isEqualTo(runner);
  }

  @Test
  void a_runner_made_again_has_another_uid_and_an_empty_workspace() throws Exception {
    var first = ensure("r").runner();
    putIntoWorkspace(first, "file");
    runtime.delete(ALICE, first.name(), Optional.empty());

    var second = ensure("r");

    assertThat(second.created()).isTrue();
    assertThat(second.runner().uid()).isNotEqualTo(first.uid());
    assertThat(workspace(second.runner())).isEmpty();
    assertFails(Gone.class, () -> runtime.connect(first).close());
  }

  @Test
  void a_connection_reaches_the_runners_own_runnerd() throws Exception {
    var a = ensure("a").runner();
    var b = ensure("b").runner();

    assertThat(greet(runtime, a).getRunnerUid()).isEqualTo(a.uid().value());
    assertThat(greet(runtime, b).getRunnerUid()).isEqualTo(b.uid().value());
  }

  @Test
  void a_killed_runnerd_is_started_again_over_the_same_workspace() throws Exception {
    var runner = ensure("r").runner();
    putIntoWorkspace(runner, "file");
    var before = greet(runtime, runner);

    killRunnerd(runner);

    var after = greet(runtime, runner);
    assertThat(after.getRunnerUid()).isEqualTo(runner.uid().value());
    assertThat(after.getIncarnation()).isNotEqualTo(before.getIncarnation());
    assertThat(workspace(runner)).containsExactly("file");
    assertThat(ensure("r")).isEqualTo(new Ensured(runner, false));
  }

  @Test
  void a_finished_runner_is_replaced_by_a_new_one() throws Exception {
    // Idle long enough for something to be put into it on a busy machine.
    var first = ensure("r", idle(Duration.ofSeconds(5))).runner();
    putIntoWorkspace(first, "file");
    await().atMost(PATIENCE).until(() -> !live(first));

    var second = ensure("r");

    assertThat(second.created()).isTrue();
    assertThat(second.runner().uid()).isNotEqualTo(first.uid());
    assertThat(workspace(second.runner())).isEmpty();
    assertFails(Gone.class, () -> runtime.connect(first).close());
  }

  private boolean live(Runner runner) {
    return runtime.list(ALICE).stream()
        .anyMatch(now -> now.uid().equals(runner.uid()) && now.state().live());
  }

  @Test
  void a_runner_outlives_the_runtime_that_made_it_and_is_found_again() throws Exception {
    var made = ensure("r", preset(Preset.LARGE)).runner();
    var before = greet(runtime, made);
    runtime.close();

    runtime = open();

    assertThat(ensure("r")).isEqualTo(new Ensured(made, false));
    assertThat(greet(runtime, made).getIncarnation()).isEqualTo(before.getIncarnation());
  }

  @Test
  void a_runner_whose_runnerd_died_unseen_is_started_again() throws Exception {
    var made = ensure("r").runner();
    putIntoWorkspace(made, "file");
    runtime.close();
    killRunnerd(made);

    runtime = open();

    assertThat(greet(runtime, made).getRunnerUid()).isEqualTo(made.uid().value());
    assertThat(workspace(made)).containsExactly("file");
  }

  @Test
  void a_runner_deleted_while_it_is_made_leaves_nothing() throws Exception {
    var accepted = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var making =
          threads.submit(
              () -> runtime.ensure(ALICE, EnsureRequest.named("r"), _ -> accepted.countDown()));
      accepted.await();
      runtime.delete(ALICE, new RunnerName("r"), Optional.empty());

      assertThat(outcome(making))
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isNull(), failure(Unavailable.class)::accept);
    }
    assertThat(runtime.list(ALICE)).isEmpty();
    assertNothingLeft();
  }

  private static Throwable outcome(Future<?> future) throws InterruptedException {
    try {
      future.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  @Test
  void of_two_deletes_at_once_both_return_when_it_is_gone() throws Exception {
    var runner = ensure("r").runner();
    var begin = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var deletes = new ArrayList<Future<?>>();
      for (var i = 0; i < 2; i++) {
        deletes.add(
            threads.submit(
                () -> {
                  begin.await();
                  deleteIfThere(ALICE, runner.name());
                  assertNothingLeft();
                  return null;
                }));
      }
      begin.countDown();
      for (var delete : deletes) {
        delete.get();
      }
    }
  }

  @Test
  void a_closed_runtime_refuses_and_waits_for_nothing() throws Exception {
    runtime.close();
    assertFails(Unavailable.class, () -> ensure("r"));
    assertFails(Unavailable.class, () -> runtime.list(ALICE));
    runtime = open();
  }
}
