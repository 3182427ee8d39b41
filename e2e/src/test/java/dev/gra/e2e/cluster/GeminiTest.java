package dev.gra.e2e.cluster;

import static dev.gra.e2e.cluster.ScriptedModel.shell;
import static dev.gra.e2e.cluster.ScriptedModel.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.e2e.Build;
import dev.gra.e2e.conformance.Endpoint;
import dev.gra.e2e.conformance.GradUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gra's first goal: Gemini CLI runs Python in a runner through gractl. */
@Tag("cluster")
@ExtendWith(GradUnderTest.class)
class GeminiTest {
  /** More than gractl takes from being called to the command's first word. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final String ANALYSIS =
      """
      import os, socket
      import pandas
      penguins = pandas.read_csv("penguins.csv")
      print(penguins.groupby("species").body_mass_g.agg(["count", "mean"]).round(2).to_csv())
      print("pandas", pandas.__version__, "on", socket.gethostname(), "in", os.getcwd())
      raise SystemExit(7)
      """;

  private static final String STUBBORN =
      """
      import os, signal, time
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      print("begun as", os.getpid(), flush=True)
      while True:
          time.sleep(1)
      """;

  @TempDir static Path directory;
  private static GeminiCli gemini;

  @BeforeAll
  static void install(Endpoint grad) throws IOException {
    gemini = GeminiCli.in(directory, grad);
    Path penguins = Build.root().resolve("examples/penguins/penguins.csv");
    Files.copy(penguins, gemini.workspace().resolve("penguins.csv"));
    Files.writeString(gemini.workspace().resolve("stubborn.py"), STUBBORN);
    gemini.gractl().run("runners", "create").succeeded();
  }

  @AfterAll
  static void end() {
    if (gemini != null) {
      gemini.close();
    }
  }

  @Test
  void gemini_runs_python_in_a_runner_and_the_model_gets_the_result() {
    try (var model =
        ScriptedModel.calling(
            write("analysis.py", ANALYSIS),
            shell("gractl cp penguins.csv :"),
            shell("jbang scripts/gractl.java exec --file analysis.py"))) {
      assertThat(gemini.ask(model)).contains("That is all.");

      assertThat(model.context()).contains("gractl exec --file analysis.py", "execs attach ID");
      assertThat(model.results()).hasSize(3);
      String result = model.results().getLast();
      assertThat(result)
          .contains("species,count,mean")
          .contains("Adelie,151,3700.66")
          .contains("Chinstrap,68,3733.09")
          .contains("Gentoo,123,5076.02")
          .contains("Exit Code: 7");
      assertRanIn(gemini.runner(), result);
    }
  }

  /** A pod is named for its runner; here, where the model's command was, it says so again. */
  private static void assertRanIn(String runner, String result) {
    Matcher place = Pattern.compile("pandas \\S+ on (\\S+) in (/\\S*workspace)").matcher(result);
    assertThat(place.find()).as(result).isTrue();
    if (System.getenv("GRA_E2E_ADDRESS") != null) {
      assertThat(place.group(1)).startsWith(runner + "-");
    }
    var there = gemini.gractl().run("exec", "--", "sh", "-c", "uname -n; pwd").succeeded();
    assertThat(there.out()).isEqualTo(place.group(1) + "\n" + place.group(2) + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gractl", "jbang scripts/gractl.java"})
  void a_command_that_gemini_aborts_is_cancelled_in_its_runner(String command) {
    try (var model = ScriptedModel.calling(shell(command + " exec --file stubborn.py"))) {
      gemini.ask(model, SILENCE);

      String result = model.results().getFirst();
      assertThat(result).contains("cancelled because it exceeded the timeout");
      Matcher begun = Pattern.compile("begun as (\\d+)").matcher(result);
      assertThat(begun.find()).as(result).isTrue();
      await().atMost(Duration.ofSeconds(20)).until(() -> newestExec().containsKey("ending"));
      assertThat(newestExec().get("ending"))
          .isEqualTo(Map.of("kind", "cancelled", "by", "SIGTERM to gractl"));
      gemini.gractl().run("exec", "--", "test", "!", "-e", "/proc/" + begun.group(1)).succeeded();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> newestExec() {
    var list = gemini.gractl().run("execs", "list", "-o", "json").succeeded().json();
    return ((List<Map<String, Object>>) list.get("execs")).getFirst();
  }

  @Test
  void what_comes_on_stderr_keeps_a_command_alive() {
    String talk = "for i in 1 2 3; do sleep 4; echo $i >&2; done; exit 5";
    try (var model = ScriptedModel.calling(shell("gractl exec -- sh -c '" + talk + "'"))) {
      gemini.ask(model, SILENCE);

      assertThat(model.results().getFirst()).contains("Exit Code: 5");
    }
  }

  @Test
  void the_shipped_policy_lets_gractl_alone_run_unasked() {
    try (var model =
        ScriptedModel.calling(
            shell("gractl exec -- true && touch made"),
            shell("gractl cp :made made"),
            shell("gractl cp ../home/token :"),
            shell("gractl cp " + directory + "/home/token :"),
            shell("gractl config set server elsewhere"),
            shell("gractl exec --code \"print($(id -u))\""),
            shell("gractl runners list"))) {
      gemini.ask(model);

      List<String> results = model.results();
      assertThat(results.subList(0, 5)).allMatch(r -> r.contains("denied by policy"));
      assertThat(results.get(5)).containsAnyOf("Command injection detected", "denied by policy");
      assertThat(results.get(6)).contains(gemini.runner());
      assertThat(gemini.workspace().resolve("made")).doesNotExist();
    }
  }
}
