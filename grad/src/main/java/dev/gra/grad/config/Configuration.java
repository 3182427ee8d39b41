package dev.gra.grad.config;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All settings: defaults, laid over by the file, the environment, and the flags. */
public final class Configuration {
  private static final String PREFIX = "GRAD_";

  private final Map<Key, Setting> settings = new EnumMap<>(Key.class);

  private Configuration() {}

  /**
   * Puts the layers together.
   *
   * @throws ConfigException if a key is unknown or a value isn't right
   */
  public static Configuration load(CommandLine commandLine, Map<String, String> environment) {
    Configuration configuration = new Configuration();
    for (Key key : Key.values()) {
      configuration.put(key, key.fallback(), "default");
    }
    commandLine.file().ifPresent(configuration::file);
    configuration.environment(environment);
    commandLine
        .values()
        .forEach((key, value) -> configuration.put(key, value, "flag " + key.flag()));
    configuration.derived(environment);
    return configuration;
  }

  /** All, in order. */
  public Collection<Setting> all() {
    return settings.values();
  }

  public String text(Key key) {
    return settings.get(key).value();
  }

  /** Empty if nothing is set. */
  public Optional<String> given(Key key) {
    return Optional.of(text(key)).filter(value -> !value.isEmpty());
  }

  public boolean on(Key key) {
    return text(key).equals("true");
  }

  public int number(Key key) {
    return Integer.parseInt(text(key));
  }

  /**
   * A path, made absolute.
   *
   * @throws ConfigException if there is none
   */
  public Path path(Key key) {
    return given(key)
        .map(value -> Path.of(value).toAbsolutePath().normalize())
        .orElseThrow(() -> new ConfigException(key.key() + ": required; give " + key.flag()));
  }

  /** A path, made absolute, if there is one. */
  public Optional<Path> givenPath(Key key) {
    return given(key).map(_ -> path(key));
  }

  public InetSocketAddress address(Key key) {
    return Form.Address.parse(text(key));
  }

  public Duration duration(Key key) {
    return Form.Time.parse(text(key));
  }

  /** Empty for never. */
  public Optional<Duration> durationUnlessNever(Key key) {
    return Form.Time.never(text(key)) ? Optional.empty() : Optional.of(duration(key));
  }

  public long size(Key key) {
    return Form.Size.parse(text(key));
  }

  private void put(Key key, String value, String origin) {
    settings.put(key, new Setting(key, value, origin));
  }

  private void file(Path file) {
    if (!Files.isReadable(file)) {
      throw new ConfigException("the file " + file + " can't be read");
    }
    Map<String, String> values;
    try {
      values = Config.just(ConfigSources.file(file)).asMap().orElse(Map.of());
    } catch (RuntimeException e) {
      throw new ConfigException("the file " + file + " isn't right: " + e.getMessage(), e);
    }
    List<String> keys = Arrays.stream(Key.values()).map(Key::key).toList();
    values.forEach(
        (name, value) -> {
          Key key =
              Key.named(name)
                  .orElseThrow(
                      () -> unknown("key " + name + " in " + file, Nearest.of(name, keys)));
          put(key, value, "file " + file);
        });
  }

  private void environment(Map<String, String> environment) {
    List<String> variables = Arrays.stream(Key.values()).map(Key::variable).toList();
    for (Key key : Key.values()) {
      for (String also : key.alsoVariables().reversed()) {
        variable(key, also, environment);
      }
      variable(key, key.variable(), environment);
    }
    for (String name : environment.keySet()) {
      if (name.startsWith(PREFIX) && !variables.contains(name)) {
        throw unknown("variable " + name + " in the environment", Nearest.of(name, variables));
      }
    }
  }

  private void variable(Key key, String name, Map<String, String> environment) {
    String value = environment.get(name);
    if (value != null && !value.isBlank()) {
      put(key, value, "environment " + name);
    }
  }

  private void derived(Map<String, String> environment) {
    if (text(Key.STATE_DIRECTORY).isEmpty()) {
      put(Key.STATE_DIRECTORY, StateHome.of(environment).toString(), "default");
    }
    if (text(Key.TOKENS_FILE).isEmpty()) {
      put(Key.TOKENS_FILE, path(Key.STATE_DIRECTORY).resolve("tokens.json").toString(), "default");
    }
    requireTogether();
    InetAddress host = address(Key.GRPC_ADDRESS).getAddress();
    boolean safe = given(Key.TLS_CERTIFICATE).isPresent() || on(Key.INSECURE);
    if ((host == null || !host.isLoopbackAddress()) && !safe) {
      throw new ConfigException(
          "grpc-address: "
              + text(Key.GRPC_ADDRESS)
              + " is not of this machine only, and there is no TLS; give --tls-certificate and"
              + " --tls-key, or --insecure to serve it so");
    }
  }

  private void requireTogether() {
    if (given(Key.TLS_CERTIFICATE).isPresent() != given(Key.TLS_KEY).isPresent()) {
      throw new ConfigException("tls-certificate and tls-key go together; give both or neither");
    }
    boolean review = text(Key.AUTHENTICATION).equals("token-review");
    if (review && !text(Key.RUNTIME).equals("kubernetes")) {
      throw new ConfigException("authentication: token-review wants --runtime kubernetes");
    }
  }

  private static ConfigException unknown(String what, String nearest) {
    return new ConfigException("unknown " + what + "; did you mean " + nearest + "?");
  }
}
