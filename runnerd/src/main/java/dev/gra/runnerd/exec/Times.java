package dev.gra.runnerd.exec;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Between java.time and protobuf. */
final class Times {
  // Longer than any timer is worth, and short enough for nanoseconds in a long.
  private static final long LONGEST_SECONDS = Duration.ofDays(36_500).toSeconds();

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  /** At most a century. */
  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(
        Math.min(duration.getSeconds(), LONGEST_SECONDS), duration.getNanos());
  }

  private Times() {}
}
