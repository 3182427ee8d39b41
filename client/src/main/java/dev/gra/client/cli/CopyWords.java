package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a copy's script in a runner says on stderr: lines for us, and those of its programs, of
 * which the first are kept. However much it says, it takes no more room here.
 */
final class CopyWords {
  static final int MOST_BYTES = 64 << 10;

  private static final String ANNOUNCED = "gra-cp ";
  private static final String SUM = "gra-cp-sum ";
  private static final String ERROR = "gra-cp-error ";

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder others = new StringBuilder();
  private Optional<String> announced = Optional.empty();
  private Optional<String> sum = Optional.empty();
  private Optional<String> error = Optional.empty();

  void hear(ByteString data) {
    for (byte each : data) {
      if (each == '\n') {
        take(text());
        line.reset();
      } else if (line.size() < MOST_BYTES) {
        line.write(each);
      }
    }
  }

  private String text() {
    return line.toString(StandardCharsets.UTF_8);
  }

  private void take(String said) {
    if (said.startsWith(ANNOUNCED)) {
      announced = announced.or(() -> Optional.of(said.substring(ANNOUNCED.length())));
    } else if (said.startsWith(SUM)) {
      sum = sum.or(() -> Optional.of(said.substring(SUM.length())));
    } else if (said.startsWith(ERROR)) {
      error = error.or(() -> Optional.of(said.substring(ERROR.length())));
    } else if (others.length() < MOST_BYTES) {
      others.append(said).append('\n');
    }
  }

  /** The kind and the size of what comes. */
  Optional<String> announced() {
    return announced;
  }

  /** The SHA-256 of what came. */
  Optional<String> sum() {
    return sum;
  }

  /** Why it failed, in the script's own words or in those of its programs; empty if none were. */
  String why() {
    return error.orElseGet(() -> (others + text()).strip());
  }
}
