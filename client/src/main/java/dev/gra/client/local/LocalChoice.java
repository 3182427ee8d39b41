package dev.gra.client.local;

import dev.gra.client.GraException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How the local grad was asked to be. Kept, so that gractl starts it again in the same way, above
 * all in the same isolation.
 *
 * @param isolation auto, bubblewrap or none
 * @param idleTimeout after which it ends by itself
 * @param network host or none
 */
public record LocalChoice(String isolation, String idleTimeout, String network) {
  /** What is chosen if nobody chooses. */
  public static final LocalChoice DEFAULT = new LocalChoice("auto", "30m", "host");

  public LocalChoice {
    Objects.requireNonNull(isolation);
    Objects.requireNonNull(idleTimeout);
    Objects.requireNonNull(network);
  }

  static Optional<LocalChoice> read(GraHome home) {
    try {
      StateFile file = StateFile.read(home.localFile());
      return Optional.of(
          new LocalChoice(file.text("isolation"), file.text("idleTimeout"), file.text("network")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw GraException.of(
          "BAD_LOCAL_FILE", home.localFile() + " is damaged: " + e, "gractl local start", e);
    }
  }

  void write(GraHome home) throws IOException {
    StateFile.write(
        home.localFile(),
        Map.of("isolation", isolation, "idleTimeout", idleTimeout, "network", network));
  }
}
