package dev.gra.runnerd.process;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One process tree for all tests of this JVM, and what a test does with a child without a reactor.
 */
final class Processes {
  private static final AtomicLong MARKS = new AtomicLong(System.nanoTime() & 0xFFFFFFFL);
  private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(64 << 10);

  static final ProcessTree TREE;
  static final Spawner SPAWNER;

  static {
    try {
      TREE = new ProcessTree();
      SPAWNER = new Spawner(TREE);
    } catch (ErrnoException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Processes() {}

  static Command command(String... argv) {
    return new Command(List.of(argv), Map.of("PATH", "/usr/bin:/bin"), "/tmp", false);
  }

  static Command shell(String script) {
    return command("/bin/sh", "-c", script);
  }

  static Command withStdin(Command command) {
    return new Command(command.argv(), command.env(), command.cwd(), true);
  }

  static Command withEnv(Command command, String name, String value) {
    Map<String, String> env = new HashMap<>(command.env());
    env.put(name, value);
    return new Command(command.argv(), env, command.cwd(), command.stdin());
  }

  static Child spawn(Command command) throws SpawnException {
    return SPAWNER.spawn(command, MARKS.incrementAndGet());
  }

  /** Waits for the main process, reaps it and lets go of it. */
  static Exit end(Child child) {
    Exit exit = reap(child);
    TREE.remove(child);
    close(child);
    return exit;
  }

  static Exit reap(Child child) {
    return await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(20))
        .until(child::reap, Optional::isPresent)
        .orElseThrow();
  }

  static void close(Child child) {
    Fds.close(child.pidfd());
    Fds.close(child.stdout());
    Fds.close(child.stderr());
    if (child.stdin() >= 0) {
      Fds.close(child.stdin());
    }
  }

  /** All of stdout, to its end, and the end of the child. */
  static String output(Child child) throws IOException {
    byte[] bytes = readFully(child.stdout());
    end(child);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static String run(Command command) throws IOException, SpawnException {
    return output(spawn(command));
  }

  static byte[] readFully(int fd) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(20))
        .until(() -> drain(fd, bytes) == Fds.CLOSED);
    return bytes.toByteArray();
  }

  static String readLine(int fd) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                drain(fd, bytes) == Fds.CLOSED
                    || bytes.toString(StandardCharsets.UTF_8).endsWith("\n"));
    return bytes.toString(StandardCharsets.UTF_8).strip();
  }

  /** What is there now; CLOSED or WOULD_BLOCK. */
  static int drain(int fd, ByteArrayOutputStream bytes) throws IOException {
    while (true) {
      BUFFER.clear();
      int count = Fds.read(fd, BUFFER);
      if (count < 0) {
        return count;
      }
      byte[] read = new byte[count];
      BUFFER.flip().get(read);
      bytes.writeBytes(read);
    }
  }

  static int openDescriptors() {
    String[] names = new java.io.File("/proc/self/fd").list();
    return (int) Arrays.stream(names).count();
  }

  static boolean isAlive(int pid) {
    return ProcStat.of(new ProcFiles(), pid).filter(stat -> !stat.isDead()).isPresent();
  }
}
