package dev.gra.client.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkedSectionTest {
  private static final String OLD = "<!-- gra:begin -->\nold\n<!-- gra:end -->";
  private static final String NEW = "<!-- gra:begin -->\nnew → ü\n<!-- gra:end -->";
  private final MarkedSection section = new MarkedSection("new → ü\n");

  private String in(String file) {
    return section.in("A.md", ByteString.copyFromUtf8(file)).toStringUtf8();
  }

  @Test
  void it_comes_after_what_is_there() {
    assertThat(in("")).isEqualTo(NEW + "\n");
    assertThat(in("mine\n")).isEqualTo("mine\n\n" + NEW + "\n");
    assertThat(in("mine, unended")).isEqualTo("mine, unended\n\n" + NEW + "\n");
  }

  @Test
  void it_is_replaced_where_it_stands() {
    assertThat(in("above\n" + OLD + "\nbelow")).isEqualTo("above\n" + NEW + "\nbelow");
  }

  @Test
  void a_second_time_changes_nothing() {
    String once = in("above\n" + OLD + "\n\n\nbelow");

    assertThat(in(once)).isEqualTo(once);
    assertThat(in(in("mine"))).isEqualTo(in("mine"));
  }

  @Test
  void what_is_around_it_stays_byte_for_byte() {
    byte[] above = {(byte) 0xff, (byte) 0xfe, 0, '\r', '\n'};
    byte[] below = {'\r', '\n', '\t', (byte) 0xc3, '\r'};
    String file = new String(above, ISO_8859_1) + OLD + new String(below, ISO_8859_1);

    byte[] updated = section.in("A.md", ByteString.copyFrom(file, ISO_8859_1)).toByteArray();

    assertThat(updated).startsWith(above).endsWith(below);
    assertThat(updated).hasSize(above.length + below.length + NEW.getBytes(UTF_8).length);
  }

  @Test
  void marks_within_a_line_are_no_marks() {
    String file = "see <!-- gra:begin -->\nor <!-- gra:end -->\nÅ<!-- gra:end -->\n";

    assertThat(in(file)).startsWith(file).endsWith(NEW + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!-- gra:begin -->\nno end",
        "<!-- gra:end -->\n",
        "<!-- gra:end -->\n<!-- gra:begin -->\n",
        OLD + "\n" + OLD + "\n",
        "<!-- gra:begin -->\n" + OLD,
      })
  void marks_that_make_no_section_are_an_error(String file) {
    assertThatThrownBy(() -> in(file))
        .isInstanceOf(GraException.class)
        .hasMessageContaining("A.md");
  }
}
