package dev.gra.client.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("state.properties");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " a",
        "\ta ",
        "a=b",
        "a:b",
        "#a",
        "!a",
        "\\",
        "a\\",
        "\\n",
        "a\nb",
        "\r\n",
        "\f",
        "C:\\x\\u0041",
        "ä€😀",
        "\u00a0x",
        "/a b/c"
      })
  void a_value_is_read_as_it_was_written(String value) throws IOException {
    StateFile.write(file, Map.of("before", "x", "value", value, "number", 7));

    assertThat(StateFile.read(file).text("value")).isEqualTo(value);
    assertThat(StateFile.read(file).text("before")).isEqualTo("x");
    assertThat(StateFile.read(file).number("number")).isEqualTo(7);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void what_is_missing_or_damaged_is_an_error() throws IOException {
    assertThatThrownBy(() -> StateFile.read(file)).isInstanceOf(IOException.class);
    Files.writeString(file, "a=\\u00zz");
    assertThatThrownBy(() -> StateFile.read(file)).isInstanceOf(IOException.class);
    Files.writeString(file, "a=b");
    assertThatThrownBy(() -> StateFile.read(file).text("b")).hasMessage("it has no b");
    assertThatThrownBy(() -> StateFile.read(file).number("a")).hasMessage("its a is no number");
  }
}
