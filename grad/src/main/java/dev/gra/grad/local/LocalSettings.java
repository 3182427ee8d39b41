package dev.gra.grad.local;

import dev.gra.grad.runner.SpecDefaults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the local runtime is told.
 *
 * @param stateDirectory GRA_HOME
 * @param runnerd the unpacked runnerd, which holds {@code bin/runnerd}
 * @param maxRunners of all owners together
 * @param environment grad's own, of which a few variables are handed on
 * @param runnerdArguments more of them for each runnerd
 */
public record LocalSettings(
    Path stateDirectory,
    Path runnerd,
    IsolationChoice isolation,
    NetworkChoice network,
    SpecDefaults defaults,
    int maxRunners,
    Map<String, String> environment,
    List<String> runnerdArguments) {
  public static final int DEFAULT_MAX_RUNNERS = 100;

  public LocalSettings {
    stateDirectory = stateDirectory.toAbsolutePath().normalize();
    runnerd = runnerd.toAbsolutePath().normalize();
    Objects.requireNonNull(isolation);
    Objects.requireNonNull(network);
    Objects.requireNonNull(defaults);
    environment = Map.copyOf(environment);
    runnerdArguments = List.copyOf(runnerdArguments);
  }

  /** With what nobody has to say. */
  public static LocalSettings of(Path stateDirectory, Path runnerd, IsolationChoice isolation) {
    return new LocalSettings(
        stateDirectory,
        runnerd,
        isolation,
        NetworkChoice.HOST,
        SpecDefaults.STANDARD,
        DEFAULT_MAX_RUNNERS,
        System.getenv(),
        List.of());
  }
}
