package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class CopyWordsTest {
  private final CopyWords words = new CopyWords();

  private void hear(String text) {
    words.hear(ByteString.copyFromUtf8(text));
  }

  @Test
  void its_lines_are_understood_however_they_come() {
    hear("gra-cp tr");
    assertThat(words.announced()).isEmpty();
    hear("ee 12\ntar: odd\ngra-cp-sum ab");
    assertThat(words.announced()).hasValue("tree 12");
    assertThat(words.sum()).isEmpty();
    hear("cd\n");

    assertThat(words.sum()).hasValue("abcd");
    assertThat(words.why()).isEqualTo("tar: odd");
    hear("gra-cp-error no room\n");
    assertThat(words.why()).isEqualTo("no room");
  }

  @Test
  void what_says_much_takes_no_more_room_and_its_last_word_is_heard() {
    String warning = "tar: it is in the future\n";
    for (int i = 0; i < 100_000; i++) {
      hear(warning);
    }
    hear("x".repeat(1 << 20) + "\ngra-cp-sum abcd\n");

    assertThat(words.sum()).hasValue("abcd");
    assertThat(words.why().length()).isLessThan(CopyWords.MOST_BYTES + warning.length());
    hear("y".repeat(1 << 20));
    assertThat(words.why().length()).isLessThan(2 * CopyWords.MOST_BYTES + warning.length());
  }
}
