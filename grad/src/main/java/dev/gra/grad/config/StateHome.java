package dev.gra.grad.config;

import java.nio.file.Path;
import java.util.Map;

/** Where gra keeps its state on this machine, unless told otherwise. */
final class StateHome {
  private StateHome() {}

  static Path of(Map<String, String> environment) {
    String own = environment.getOrDefault("GRA_HOME", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    Path base = xdg.isBlank() ? Path.of(home, ".local", "state") : Path.of(xdg);
    return base.resolve("gra");
  }
}
