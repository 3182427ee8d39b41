package dev.gra.client.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One {@code kubectl port-forward}. It sticks to one pod, and ends at the latest with us. */
final class KubectlForward implements AutoCloseable {
  private static final long READY_SECONDS = 30;
  private static final long END_SECONDS = 5;
  private static final Pattern READY =
      Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+) ->.*");

  /** The shell's stdin is a pipe of ours: kill -9 us, and its end takes kubectl with it. */
  private static final String OWNED =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      { read -r _ <&3; kill "$child"; } >/dev/null 2>&1 &
      watch=$!
      wait "$child"
      code=$?
      kill "$watch" 2>/dev/null
      exit "$code"
      """;

  private final Process process;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private volatile String lastWords = "it said nothing";

  private KubectlForward(Process process) {
    this.process = process;
  }

  /** Starts one; {@link #port} waits for it. */
  static KubectlForward start(List<String> kubectl) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", OWNED, "gra-tunnel"));
    command.addAll(kubectl);
    command.addAll(List.of("port-forward", "--address=127.0.0.1", "--pod-running-timeout=20s"));
    command.addAll(List.of("service/grad", ":grpc"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    KubectlForward forward = new KubectlForward(process);
    Thread.ofPlatform().daemon().name("gra-tunnel-kubectl").start(forward::listen);
    return forward;
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher ready = READY.matcher(line);
        if (ready.matches()) {
          port.complete(Integer.parseInt(ready.group(1)));
        } else if (!line.isBlank() && !line.startsWith("Handling connection")) {
          lastWords = line.strip();
        }
      }
    } catch (IOException e) {
      lastWords = e.toString();
    }
    port.completeExceptionally(new IOException(lastWords));
  }

  /** The port that it listens on, once it does. */
  int port() throws IOException {
    try {
      return port.get(READY_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(lastWords, e);
    } catch (TimeoutException e) {
      throw new IOException("kubectl port-forward hangs: " + lastWords, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  boolean lives() {
    return process.isAlive();
  }

  @Override
  public void close() {
    List<ProcessHandle> tree = process.descendants().toList();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    // Had the shell been killed, kubectl would still be there.
    tree.forEach(ProcessHandle::destroyForcibly);
  }
}
