package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.Stream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class CapturedOutputTest {
  private static final int BOTH = 2 * CapturedOutput.HEAD;

  @Test
  void short_output_is_there_whole_as_text() {
    CapturedOutput output = captured("grüß dich\n", 3);

    assertThat(output.json(Stream.STREAM_STDOUT))
        .containsEntry("text", "grüß dich\n")
        .containsEntry("truncated", false);
    assertThat(output.json(Stream.STREAM_STDERR)).containsEntry("text", "");
  }

  @Test
  void long_output_keeps_its_head_and_its_tail() {
    String text =
        "a".repeat(CapturedOutput.HEAD) + "m".repeat(100_000) + "z".repeat(CapturedOutput.HEAD);

    var json = captured(text, 10_007).json(Stream.STREAM_STDOUT);

    assertThat(json)
        .containsEntry("truncated", true)
        .containsEntry("omittedBytes", 100_000L)
        .containsEntry("head", "a".repeat(CapturedOutput.HEAD))
        .containsEntry("tail", "z".repeat(CapturedOutput.HEAD));
  }

  @Test
  void just_as_much_as_is_kept_is_whole() {
    String text = "x".repeat(BOTH - 1) + "y";

    var json = captured(text, BOTH).json(Stream.STREAM_STDOUT);

    assertThat(json).containsEntry("text", text).containsEntry("truncated", false);
  }

  @Test
  void characters_are_not_cut_in_two() {
    var json = captured("x" + "é".repeat(100_000), 4096).json(Stream.STREAM_STDOUT);

    assertThat((String) json.get("head")).startsWith("xé").endsWith("é");
    assertThat((String) json.get("tail")).startsWith("é").endsWith("é");
  }

  @Test
  void bytes_that_are_no_text_come_as_base64() {
    byte[] bytes = {0, (byte) 0xff, (byte) 0xfe};
    CapturedOutput output = new CapturedOutput();
    output.write(Stream.STREAM_STDOUT, 0, ByteString.copyFrom(bytes));

    assertThat(output.json(Stream.STREAM_STDOUT))
        .containsEntry("textBase64", Base64.getEncoder().encodeToString(bytes))
        .doesNotContainKey("text");
  }

  @Test
  void what_is_gone_is_told() {
    CapturedOutput output = captured("rest", 4);
    output.gap(Stream.STREAM_STDOUT, 10, 15);

    assertThat(output.json(Stream.STREAM_STDOUT)).containsEntry("missingBytes", 5L);
    assertThat(output.truncated()).isTrue();
  }

  private static CapturedOutput captured(String text, int chunk) {
    CapturedOutput output = new CapturedOutput();
    ByteString bytes = ByteString.copyFrom(text, StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.size(); at += chunk) {
      output.write(
          Stream.STREAM_STDOUT, at, bytes.substring(at, Math.min(bytes.size(), at + chunk)));
    }
    return output;
  }
}
