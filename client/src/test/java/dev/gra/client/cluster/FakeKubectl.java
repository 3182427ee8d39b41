package dev.gra.client.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A kubectl on a PATH of its own, of a cluster that is a directory: its files say where the pod's
 * port is, what is published, and what fails with which words.
 */
public final class FakeKubectl {
  private static final String SCRIPT =
      """
      #!/usr/bin/env bash
      state=$(dirname "$0")/state
      case " $* " in
        *" port-forward "*) verb=port-forward ;;
        *" create token "*) verb=token ;;
        *" get service "*) verb=service ;;
        *" get namespace "*) verb=namespace ;;
        *" get configmap/gra-ca "*) verb=configmap ;;
        *" get secret/gra-tls "*) verb=secret ;;
        *" current-context "*) verb=context ;;
        *) verb=version ;;
      esac
      printf '%s %s\\n' "$verb" "$*" >>"$state/calls"
      if [ -f "$state/fail-$verb" ]; then
        cat "$state/fail-$verb" >&2
        exit 1
      fi
      case $verb in
        port-forward)
          echo "$$" >>"$state/forwards"
          echo "Forwarding from 127.0.0.1:$(cat "$state/port") -> 9090"
          exec sleep 600
          ;;
        token)
          claims=$(printf '{"iat":1000,"exp":%d,"n":%d}' $((1000 + $(cat "$state/lifetime"))) \\
            "$(grep -c ^token "$state/calls")")
          printf 'h.%s.s\\n' "$(printf %s "$claims" | base64 -w0 | tr '+/' '-_' | tr -d =)"
          ;;
        *) [ ! -f "$state/$verb" ] || cat "$state/$verb" ;;
      esac
      """;

  private final Path state;
  private final Path home;
  private final Map<String, String> environment = new LinkedHashMap<>();

  /** In an empty directory. */
  public FakeKubectl(Path directory) throws IOException {
    this(directory, Files.createDirectories(directory.resolve("bin")));
    Path script = Files.writeString(directory.resolve("bin").resolve("kubectl"), SCRIPT);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(state);
    put("lifetime", "3600");
    put("context", "fake\n");
    put("calls", "");
    put("forwards", "");
  }

  private FakeKubectl(Path directory, Path bin) {
    state = bin.resolve("state");
    home = directory.resolve("home");
    environment.putAll(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("GRA_") || name.startsWith("OTEL_"));
    environment.put("PATH", bin + ":/usr/bin:/bin");
    environment.put("GRA_HOME", home.toString());
    environment.put("XDG_CONFIG_HOME", directory.resolve("config").toString());
    environment.put("KUBECONFIG", directory.resolve("kubeconfig").toString());
  }

  /** The one that another process made there. */
  static FakeKubectl of(Path directory) {
    return new FakeKubectl(directory, directory.resolve("bin"));
  }

  /** What gractl is started with. */
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /** Where it keeps its state. */
  public Path home() {
    return home;
  }

  /** What it is asked for. */
  public ClusterTarget target() {
    return new ClusterTarget(environment.get("KUBECONFIG"), "fake", "gra");
  }

  /** Sets what one of its files holds, such as {@code port} and {@code fail-token}. */
  public void put(String name, String text) throws IOException {
    Files.writeString(state.resolve(name), text);
  }

  /** That doesn't fail any more. */
  public void heal(String verb) throws IOException {
    Files.delete(state.resolve("fail-" + verb));
  }

  /** How often it was asked for that. */
  public long asked(String verb) throws IOException {
    return Files.readAllLines(state.resolve("calls")).stream()
        .filter(call -> call.startsWith(verb + " "))
        .count();
  }

  /** The port-forwards that were ever started, by pid; the last one last. */
  public List<Long> forwards() throws IOException {
    return Files.readAllLines(state.resolve("forwards")).stream().map(Long::valueOf).toList();
  }

  /** The last port-forward, if it lives. */
  public Optional<ProcessHandle> forward() throws IOException {
    return ProcessHandle.of(forwards().getLast()).filter(ProcessHandle::isAlive);
  }
}
