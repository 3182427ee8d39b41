package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a program did: its exit code (128 + n for signal n, as the shell has it) and every byte it
 * wrote.
 */
public final class Outcome {
  private final List<String> command;
  private final int exitCode;
  private final byte[] stdout;
  private final byte[] stderr;
  private final Duration took;

  Outcome(List<String> command, int exitCode, byte[] stdout, byte[] stderr, Duration took) {
    this.command = List.copyOf(command);
    this.exitCode = exitCode;
    this.stdout = stdout.clone();
    this.stderr = stderr.clone();
    this.took = took;
  }

  public int exitCode() {
    return exitCode;
  }

  public byte[] stdout() {
    return stdout.clone();
  }

  public byte[] stderr() {
    return stderr.clone();
  }

  public Duration took() {
    return took;
  }

  public String out() {
    return new String(stdout, UTF_8);
  }

  public String err() {
    return new String(stderr, UTF_8);
  }

  /** Standard output as the one JSON object that it must be. */
  public Map<String, Object> json() {
    try {
      return JSON.std.mapFrom(stdout);
    } catch (IOException e) {
      throw new UncheckedIOException("not a JSON object: " + this, e);
    }
  }

  /** Fails, with everything it said, unless it exited with this code. */
  public Outcome exitedWith(int code) {
    assertThat(exitCode).as("exit code of %s", this).isEqualTo(code);
    return this;
  }

  public Outcome succeeded() {
    return exitedWith(0);
  }

  @Override
  public String toString() {
    return "%s: exit code %d after %d ms%n--- stdout (%d bytes)%n%s%n--- stderr (%d bytes)%n%s%n---"
        .formatted(
            command,
            exitCode,
            took.toMillis(),
            stdout.length,
            head(stdout),
            stderr.length,
            head(stderr));
  }

  private static String head(byte[] bytes) {
    return new String(Arrays.copyOf(bytes, Math.min(bytes.length, 4000)), UTF_8);
  }
}
