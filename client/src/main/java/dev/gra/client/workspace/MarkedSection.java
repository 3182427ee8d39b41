package dev.gra.client.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a file that gractl writes and keeps up to date, between two lines of its own. What
 * stands around it is its owner's and stays, byte for byte.
 *
 * @param text what is between the marks
 */
record MarkedSection(String text) {
  static final String BEGIN = "<!-- gra:begin -->";
  static final String END = "<!-- gra:end -->";

  private static final Pattern BEGINS = line(BEGIN);
  private static final Pattern ENDS = line(END);

  MarkedSection {
    if (!text.endsWith("\n") || BEGINS.matcher(text).find() || ENDS.matcher(text).find()) {
      throw new IllegalArgumentException("a section is whole lines, without marks of its own");
    }
  }

  private static Pattern line(String mark) {
    return Pattern.compile("(?md)^" + Pattern.quote(mark) + "(?=[ \\t\\r]*$)");
  }

  /**
   * The file's content with the section in it: in its place, or at the end where there is none.
   *
   * @param name of the file, for errors
   */
  ByteString in(String name, ByteString file) {
    // One character a byte: so nothing is lost of a file that isn't UTF-8.
    String content = file.toString(ISO_8859_1);
    String section = new String((BEGIN + "\n" + text + END).getBytes(UTF_8), ISO_8859_1);
    Matcher begin = BEGINS.matcher(content);
    Matcher end = ENDS.matcher(content);
    boolean begins = begin.find();
    boolean ends = end.find();
    if (!begins && !ends) {
      return ByteString.copyFrom(content + gap(content) + section + "\n", ISO_8859_1);
    }
    if (!begins || !ends || end.start() < begin.end() || begin.find() || end.find()) {
      throw GraException.of(
          "BAD_MARKS",
          name + " has not one " + BEGIN + " with one " + END + " after it",
          "take these lines out of " + name + ", and gractl workspace init again");
    }
    begin.reset().find();
    end.reset().find();
    String whole = content.substring(0, begin.start()) + section + content.substring(end.end());
    return ByteString.copyFrom(whole, ISO_8859_1);
  }

  private static String gap(String content) {
    if (content.isEmpty()) {
      return "";
    }
    return content.endsWith("\n") ? "\n" : "\n\n";
  }
}
