package dev.gra.grad.local;

import static dev.gra.grad.local.LocalBench.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.grad.runner.SpecRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the local runtime does beyond the contract. */
class LocalRuntimeTest extends LocalRuntimeFixture {
  private static final String KEYS =
      "# ours\nAWS_ACCESS_KEY_ID=id-1\nAWS_SECRET_ACCESS_KEY=hu\"sh\\\n";

  @Test
  void a_second_grad_on_the_same_state_directory_is_refused_in_one_line() {
    assertThatThrownBy(bench::open)
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isInstanceOfSatisfying(
                        Unsupported.class,
                        failure -> {
                          assertThat(failure.message())
                              .startsWith("another grad uses the state directory")
                              .hasLineCount(1);
                          assertThat(failure.fix()).contains("gractl local stop");
                        }));
  }

  @Test
  void a_runner_outlives_a_killed_grad() throws Exception {
    runtime.close();
    var grad =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledGrad.class.getName(),
                bench.home().toString(),
                bench.settings().runnerd().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var uid = grad.inputReader().readLine();
    grad.destroyForcibly();
    assertThat(grad.waitFor(10, TimeUnit.SECONDS)).isTrue();
    var processes = LocalBench.processes(new RunnerUid(uid));
    assertThat(processes).isNotEmpty().allMatch(ProcessIdentity::alive);

    runtime = bench.open();

    assertThat(ensure("r").uid().value()).isEqualTo(uid);
    assertThat(processes).allMatch(ProcessIdentity::alive);
  }

  /** A grad of one runner that waits to be killed. */
  static final class KilledGrad {
    private KilledGrad() {}

    public static void main(String[] arguments) throws Exception {
      var settings =
          LocalSettings.of(
              Path.of(arguments[0]), Path.of(arguments[1]), IsolationChoice.BUBBLEWRAP);
      var uid = ensure(LocalRuntime.open(settings), "r").uid();
      System.out.println(uid);
      System.in.read();
    }
  }

  @Test
  void a_half_made_runner_is_reaped() throws IOException {
    var uid = RunnerUid.random();
    Files.createDirectories(bench.home().resolve("runners").resolve(uid.value()).resolve("state"));

    reopen();

    bench.assertNothingLeft();
  }

  @Test
  void a_runner_with_a_broken_record_is_reaped_with_its_processes() throws IOException {
    var runner = ensure("r");
    Files.writeString(bench.directory(runner).path().resolve("runner.json"), "{\"owner\": 7}");

    reopen();

    bench.assertNothingLeft();
    assertThat(LocalBench.processes(runner.uid())).isEmpty();
  }

  @Test
  void a_delete_that_a_killed_grad_began_is_carried_out_by_the_next() throws IOException {
    var runner = ensure("r");
    bench.directory(runner).markDeleted();

    reopen();

    assertThat(runtime.list(ALICE)).isEmpty();
    bench.assertNothingLeft();
  }

  @Test
  void commands_find_their_datasets_with_and_without_a_sandbox_and_the_next_grad_knows_them()
      throws IOException {
    for (var isolation : List.of(IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE)) {
      use(new LocalBench(isolation));
      var secrets = Files.createDirectories(bench.home().resolve("secrets"));
      var file = Files.writeString(secrets.resolve("k"), KEYS);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      var datasets =
          new Datasets(
              List.of(
                  new Dataset("d", "nyc", "", "eu-1", Optional.empty(), Optional.of("k")),
                  new Dataset("e", "nyc", "x", "eu-1", Optional.empty(), Optional.empty())));
      var spec =
          new SpecRequest(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(datasets));
      var request = new EnsureRequest(new RunnerName("r"), Labels.NONE, spec, false);
      var runner = runtime.ensure(ALICE, request, _ -> {}).runner();

      assertThat(sh(runtime, runner, "echo $GRA_DATASET_E $AWS_REGION $AWS_ACCESS_KEY_ID"))
          .isEqualTo("s3://nyc/x eu-1 id-1");
      var process = "eval \"$(sed -n 's/^credential_process = //p' \"$AWS_CONFIG_FILE\")\"";
      assertThat(sh(runtime, runner, process))
          .startsWith(
              "{\"Version\": 1, \"AccessKeyId\": \"id-1\", \"SecretAccessKey\": \"hu\\\"sh\\\\\"}");
      reopen();
      assertThat(runtime.get(ALICE, runner.name()).spec().datasets()).isEqualTo(datasets);
    }
  }

  @Test
  void a_runner_that_finished_while_no_grad_ran_is_swept() throws IOException {
    var spec =
        new SpecRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(IdleTimeout.after(Duration.ofSeconds(1))),
            Optional.empty());
    var request = new EnsureRequest(new RunnerName("r"), Labels.NONE, spec, false);
    var runner = runtime.ensure(ALICE, request, _ -> {}).runner();
    runtime.close();
    await().atMost(PATIENCE).until(() -> LocalBench.processes(runner.uid()).isEmpty());

    runtime = bench.open();

    await().atMost(PATIENCE).until(() -> runtime.list(ALICE).isEmpty());
    bench.assertNothingLeft();
  }

  @Test
  void a_state_directory_with_a_long_path_works() throws Exception {
    for (var isolation : new IsolationChoice[] {IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE}) {
      use(new LocalBench(isolation, "a".repeat(120)));
      var runner = ensure("r");

      assertThat(sh(runtime, runner, "echo $GRA_RUNNER_UID")).isEqualTo(runner.uid().value());
      reopen();
      assertThat(sh(runtime, runner, "echo again")).isEqualTo("again");
      runtime.delete(ALICE, runner.name(), Optional.empty());
      bench.assertNothingLeft();
    }
  }

  @Test
  void several_state_directories_dont_disturb_each_other() throws Exception {
    try (var other = new LocalBench(IsolationChoice.BUBBLEWRAP);
        var otherRuntime = other.open()) {
      var mine = ensure("r");
      var theirs = ensure(otherRuntime, "r");
      otherRuntime.delete(ALICE, theirs.name(), Optional.empty());

      assertThat(sh(runtime, mine, "echo here")).isEqualTo("here");
    }
  }

  @Test
  void a_runner_whose_socket_a_command_removed_comes_back() throws Exception {
    var runner = ensure("r");
    var before = incarnation(runtime, runner);
    sh(runtime, runner, "rm /run/gra/link/s");

    assertThat(incarnation(runtime, runner)).isNotEqualTo(before);
    assertThat(ensure("r")).isEqualTo(runner);
  }

  @Test
  void a_link_that_a_command_put_in_the_sockets_place_is_not_followed() throws Exception {
    var runner = ensure("r");
    var outside = bench.directory().resolve("outside");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(outside));
      listener.configureBlocking(false);
      sh(runtime, runner, "ln -sf " + outside + " /run/gra/link/s");

      assertThat(sh(runtime, runner, "echo $GRA_RUNNER_UID")).isEqualTo(runner.uid().value());
      assertThat(listener.accept()).isNull();
    }
  }

  @Test
  void what_a_command_left_running_ends_with_its_runnerd() throws Exception {
    for (var isolation : new IsolationChoice[] {IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE}) {
      use(new LocalBench(isolation));
      var runner = ensure("r");
      sh(runtime, runner, "setsid sleep 1000 >/dev/null 2>&1 </dev/null &");
      var before = LocalBench.processes(runner.uid());

      bench.killRunnerd(runner);

      sh(runtime, runner, "true");
      assertThat(before).noneMatch(ProcessIdentity::alive);
      assertThat(LocalBench.processes(runner.uid())).isNotEmpty();
    }
  }

  @Test
  void a_recorded_runner_is_ended_in_good_order() throws Exception {
    for (var isolation : new IsolationChoice[] {IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE}) {
      use(new LocalBench(isolation));
      var runner = ensure("r");
      var directory = bench.directory(runner);
      runtime.close();

      RunnerProcess.recorded(isolation(isolation), directory).end();

      assertThat(directory.state().resolve("terminated")).exists();
      assertThat(LocalBench.processes(runner.uid())).isEmpty();
      runtime = bench.open();
    }
  }

  private Isolation isolation(IsolationChoice choice) throws IOException {
    var settings = bench.settings();
    return switch (choice) {
      case NONE -> new Unisolated(settings, Sockets.of(bench.home(), settings.environment()));
      case AUTO, BUBBLEWRAP ->
          new Bubblewrap(settings, Path.of("bwrap"), bench.home(), () -> Interpreters.NONE);
    };
  }

  @Test
  void a_pid_that_is_another_process_by_now_is_left_alone() throws Exception {
    var runner = ensure("r");
    var directory = bench.directory(runner);
    runtime.close();
    var sleeper = new ProcessBuilder("sleep", "1000").start();
    try {
      var recorded = directory.process().orElseThrow();
      directory.process(
          new ProcessIdentity(sleeper.pid(), recorded.startTicks(), recorded.bootId()));

      RunnerProcess.recorded(isolation(IsolationChoice.BUBBLEWRAP), directory).end();

      assertThat(sleeper.isAlive()).isTrue();
      assertThat(LocalBench.processes(runner.uid())).isEmpty();
    } finally {
      sleeper.destroyForcibly().waitFor();
      runtime = bench.open();
    }
  }

  @Test
  void an_unisolated_runner_is_not_adopted_by_a_grad_that_isolates() throws Exception {
    use(new LocalBench(IsolationChoice.NONE));
    var runner = ensure("r");
    var before = LocalBench.processes(runner.uid());
    runtime.close();

    runtime = LocalRuntime.open(bench.settings(IsolationChoice.BUBBLEWRAP));

    assertThat(sh(runtime, runner, "cat /proc/1/comm")).isEqualTo("bwrap");
    assertThat(before).noneMatch(ProcessIdentity::alive);
    var isolated = incarnation(runtime, runner);
    runtime.close();
    runtime = LocalRuntime.open(bench.settings(IsolationChoice.AUTO));
    assertThat(incarnation(runtime, runner)).isEqualTo(isolated);
  }
}
