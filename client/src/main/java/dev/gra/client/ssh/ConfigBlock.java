package dev.gra.client.ssh;

import com.google.protobuf.ByteString;
import dev.gra.client.workspace.MarkedSection;
import java.util.Map;

/**
 * gractl's own lines in a file of ssh's. They stand first, since of each option ssh takes the value
 * that comes first, and end in a line by which what follows is for all hosts again.
 *
 * @param options of all runners
 */
public record ConfigBlock(SshOptions options) {
  private static final MarkedSection.Marks MARKS = MarkedSection.Marks.HASH;

  /** Its lines without the marks. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("# Runners, by `gractl ssh-config`, which makes these lines anew: ssh ")
        .append(SshHost.PREFIX)
        .append("RUNNER\n");
    text.append("Host ").append(SshHost.PREFIX).append("*\n");
    for (Map.Entry<String, String> option : options.all().entrySet()) {
      text.append("  ").append(option.getKey()).append(' ').append(option.getValue()).append('\n');
    }
    return text.append("Match all\n").toString();
  }

  /** A file's content with it. */
  public ByteString in(String name, ByteString file) {
    return new MarkedSection(MARKS, text()).atTopOf(name, file);
  }

  /** A file's content without it. */
  public static ByteString outOf(String name, ByteString file) {
    return MarkedSection.outOf(MARKS, name, file);
  }
}
