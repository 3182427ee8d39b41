package dev.gra.grad.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  private static Configuration load(Map<String, String> environment, String... args) {
    return Configuration.load(CommandLine.parse(args), environment);
  }

  private static Setting setting(Configuration configuration, Key key) {
    return configuration.all().stream().filter(s -> s.key() == key).findFirst().orElseThrow();
  }

  @Test
  void flags_weigh_more_than_the_environment_and_that_more_than_the_file(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("grad.yaml");
    Files.writeString(file, "log-level: warn\ndrain-timeout: 7s\nmax-runners: 5\n");
    Configuration config =
        load(
            Map.of("GRAD_DRAIN_TIMEOUT", "8s", "GRAD_MAX_RUNNERS", "6"),
            "--config",
            file.toString(),
            "--max-runners=7");

    assertThat(setting(config, Key.LOG_LEVEL))
        .isEqualTo(new Setting(Key.LOG_LEVEL, "warn", "file " + file));
    assertThat(setting(config, Key.DRAIN_TIMEOUT).origin())
        .isEqualTo("environment GRAD_DRAIN_TIMEOUT");
    assertThat(config.duration(Key.DRAIN_TIMEOUT)).isEqualTo(Duration.ofSeconds(8));
    assertThat(setting(config, Key.MAX_RUNNERS).origin()).isEqualTo("flag --max-runners");
    assertThat(config.number(Key.MAX_RUNNERS)).isEqualTo(7);
    assertThat(setting(config, Key.ISOLATION).origin()).isEqualTo("default");
  }

  @Test
  void an_unknown_key_is_an_error_that_names_the_nearest(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("grad.yaml");
    Files.writeString(file, "log-levle: warn\n");

    assertThatThrownBy(() -> load(Map.of(), "--isolaton", "none"))
        .hasMessage("unknown flag --isolaton; did you mean --isolation?");
    assertThatThrownBy(() -> load(Map.of("GRAD_ISOLATED", "none")))
        .hasMessageContaining("GRAD_ISOLATED")
        .hasMessageContaining("did you mean GRAD_ISOLATION?");
    assertThatThrownBy(() -> load(Map.of(), "--config", file.toString()))
        .hasMessageContaining("log-levle")
        .hasMessageContaining("did you mean log-level?");
  }

  @Test
  void a_value_out_of_its_range_is_an_error_that_says_where_it_came_from() {
    assertThatThrownBy(() -> load(Map.of("GRAD_ISOLATION", "docker")))
        .hasMessage(
            "isolation: must be one of auto, bubblewrap, none, not 'docker' (from environment"
                + " GRAD_ISOLATION)");
    assertThatThrownBy(() -> load(Map.of(), "--idle-timeout", "-5s"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> load(Map.of(), "--max-runners", "0"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> load(Map.of(), "--grpc-address", "127.0.0.1:99999"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> load(Map.of(), "--runtime")).hasMessage("--runtime wants a value");
  }

  @Test
  void the_api_is_not_served_to_others_without_saying_so() {
    assertThatThrownBy(() -> load(Map.of(), "--grpc-address", "0.0.0.0:7070"))
        .hasMessageContaining("--insecure");
    assertThat(load(Map.of(), "--grpc-address", "0.0.0.0:7070", "--insecure").on(Key.INSECURE))
        .isTrue();
  }

  @Test
  void a_secret_is_not_shown() {
    Configuration config = load(Map.of("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer xyz"));

    assertThat(config.text(Key.OTLP_HEADERS)).isEqualTo("authorization=Bearer xyz");
    assertThat(setting(config, Key.OTLP_HEADERS).shown()).isEqualTo("********");
    assertThat(setting(config, Key.OTLP_HEADERS).origin())
        .isEqualTo("environment OTEL_EXPORTER_OTLP_HEADERS");
  }

  @Test
  void the_state_directory_is_gra_home_unless_said_otherwise() {
    assertThat(load(Map.of("GRA_HOME", "/x")).path(Key.STATE_DIRECTORY)).isEqualTo(Path.of("/x"));
    assertThat(load(Map.of("XDG_STATE_HOME", "/y")).path(Key.STATE_DIRECTORY))
        .isEqualTo(Path.of("/y/gra"));
    Configuration config = load(Map.of("GRA_HOME", "/x"), "--state-directory", "/z");
    assertThat(config.path(Key.STATE_DIRECTORY)).isEqualTo(Path.of("/z"));
    assertThat(config.path(Key.TOKENS_FILE)).isEqualTo(Path.of("/z/tokens.json"));
  }

  @Test
  void help_names_every_key() {
    for (Key key : Key.values()) {
      assertThat(CommandLine.usage()).contains(key.flag()).contains(key.help());
    }
  }

  @Test
  void every_default_is_within_its_own_range() {
    assertThat(load(Map.of()).all()).hasSize(Key.values().length);
  }
}
