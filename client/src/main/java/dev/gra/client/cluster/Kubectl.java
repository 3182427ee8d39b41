package dev.gra.client.cluster;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The user's own kubectl: whatever way of logging in their cluster has, it knows. */
public final class Kubectl {
  private static final String TIMEOUT = "--request-timeout=15s";

  private final Path program;
  private final Map<String, String> environment;

  private Kubectl(Path program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
  }

  /**
   * The first on PATH.
   *
   * @throws GraException if there is none, with how to get it
   */
  public static Kubectl find(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "kubectl"))
        .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
        .findFirst()
        .map(file -> new Kubectl(file, environment))
        .orElseThrow(
            () ->
                GraException.of(
                    "KUBECTL_MISSING",
                    "kubectl, by which a cluster is reached, is not on PATH",
                    "https://kubernetes.io/docs/tasks/tools, or apt-get install kubernetes-client"));
  }

  /** Where it is. */
  public Path program() {
    return program;
  }

  /** Its own version. */
  public String version() {
    return said(List.of(program.toString(), "version", "--client"), null)
        .lines()
        .findFirst()
        .orElse("");
  }

  /** The context that kubectl uses now. */
  public String currentContext(String kubeconfig) {
    try {
      return said(List.of(program.toString(), "config", "current-context"), kubeconfig).strip();
    } catch (GraException e) {
      throw GraException.of(
          "CONTEXT_UNKNOWN",
          e.getMessage() + " (" + kubeconfig + ")",
          "kubectl config get-contexts, and --context NAME",
          e);
    }
  }

  /**
   * Asks about a target; answers what it printed on stdout.
   *
   * @throws GraException what went wrong, in one line
   */
  public String ask(ClusterTarget target, String... arguments) {
    List<String> command = new ArrayList<>(command(target));
    command.add(TIMEOUT);
    command.addAll(List.of(arguments));
    try {
      return said(command, target.kubeconfig());
    } catch (GraException e) {
      throw KubectlFailure.explain(e, target);
    }
  }

  /** Its program and what says where to; KUBECONFIG goes into the environment. */
  List<String> command(ClusterTarget target) {
    return List.of(
        program.toString(), "--context=" + target.context(), "--namespace=" + target.namespace());
  }

  private String said(List<String> command, String kubeconfig) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    if (kubeconfig != null) {
      builder.environment().put("KUBECONFIG", kubeconfig);
    }
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> errors = inBackground(process.getErrorStream());
      String said = text(process.getInputStream());
      if (Commands.await(process) != 0) {
        throw KubectlFailure.raw(errors.join());
      }
      return said;
    } catch (IOException e) {
      throw GraException.of(
          "KUBECTL_FAILED", program + " can't be run: " + e.getMessage(), "kubectl version", e);
    }
  }

  private static CompletableFuture<String> inBackground(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("gra-kubectl-stderr")
        .start(
            () -> {
              try {
                text.complete(text(stream));
              } catch (IOException | UncheckedIOException e) {
                text.complete(e.toString());
              }
            });
    return text;
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
