package dev.gra.client.cluster;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The way to one grad in a cluster: a keeper in the background, which owns a {@code kubectl
 * port-forward} and a port of this machine. All gractls of a state directory share it.
 */
public final class Tunnel {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(15);

  /** A keeper moves bytes and nothing else. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-Xmx32m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xlog:disable",
          "-Xlog:all=off");

  private final GraHome home;
  private final Map<String, String> environment;
  private final ClusterTarget target;
  private final Consumer<String> say;

  /**
   * That of a target.
   *
   * @param say is told what takes time
   */
  public Tunnel(
      GraHome home, Map<String, String> environment, ClusterTarget target, Consumer<String> say) {
    this.home = home;
    this.environment = environment;
    this.target = target;
    this.say = say;
  }

  private Path file(String suffix) {
    return home.tunnels().resolve(target.slug() + suffix);
  }

  private Path file() {
    return file(".properties");
  }

  /** The one that runs. */
  public Optional<TunnelFile> running() {
    return TunnelFile.read(file()).filter(tunnel -> tunnel.lives(file()));
  }

  /**
   * Starts it, unless it runs; returns when grad's port answers through it.
   *
   * @param idle how long it stays without a connection; negative means for good
   */
  public TunnelFile start(Duration idle) {
    try {
      GraHome.privateDirectory(home.create().tunnels());
      return locked(idle);
    } catch (IOException e) {
      throw GraException.of(
          "TUNNEL", "the tunnel to grad: " + e.getMessage(), "gractl tunnel start", e);
    }
  }

  // One gractl at a time, and one thread of it: the others then find what the first one started.
  private TunnelFile locked(Duration idle) throws IOException {
    synchronized (Tunnel.class) {
      try (FileChannel channel =
              FileChannel.open(file(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        assert lock.isValid();
        Optional<TunnelFile> running = running();
        return running.isPresent() ? running.get() : started(idle);
      }
    }
  }

  private TunnelFile started(Duration idle) throws IOException {
    Kubectl kubectl = Kubectl.find(environment);
    say.accept("opening a tunnel to grad (" + target + ")");
    Process keeper = launch(kubectl, idle);
    long end = System.nanoTime() + READY.toNanos();
    while (System.nanoTime() < end) {
      Optional<TunnelFile> ready =
          TunnelFile.read(file()).filter(found -> found.pid() == keeper.pid());
      if (ready.isPresent()) {
        return ready.get();
      }
      if (exitedWithin(keeper, 20)) {
        String said = Files.readString(file(".log"));
        throw KubectlFailure.explain(KubectlFailure.raw(said), target);
      }
    }
    keeper.destroy();
    throw GraException.of(
        "TUNNEL_SLOW",
        "the tunnel to grad (" + target + ") is not open after " + READY.toSeconds() + " s",
        "kubectl --context %s -n %s port-forward service/grad 9090"
            .formatted(target.context(), target.namespace()));
  }

  /** In a session of its own, so that no Ctrl-C and no closed terminal reaches it. */
  private Process launch(Kubectl kubectl, Duration idle) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TunnelKeeper.class.getName());
    command.addAll(List.of(file().toString(), Long.toString(idle.toMillis())));
    command.addAll(kubectl.command(target));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("KUBECONFIG", target.kubeconfig());
    return builder
        .directory(home.root().toFile())
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(file(".log").toFile())
        .start();
  }

  private static boolean exitedWithin(Process process, long millis) throws IOException {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Ends it with its kubectl; answers false if it didn't run. */
  public boolean stop() {
    Optional<TunnelFile> running = running();
    Optional<ProcessHandle> keeper = running.flatMap(tunnel -> ProcessHandle.of(tunnel.pid()));
    keeper.ifPresent(this::end);
    return keeper.isPresent();
  }

  private void end(ProcessHandle keeper) {
    keeper.destroy();
    try {
      keeper.onExit().get(END.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw GraException.of(
          "TUNNEL_STAYS",
          "the tunnel (pid " + keeper.pid() + ") has not ended within " + END.toSeconds() + " s",
          "kill -9 " + keeper.pid(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GraException.of("INTERRUPTED", "gractl was interrupted", "gractl tunnel stop", e);
    }
  }
}
