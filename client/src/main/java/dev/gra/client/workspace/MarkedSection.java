package dev.gra.client.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a file that gractl writes and keeps up to date, between two lines of its own. What
 * stands around it is its owner's and stays, byte for byte.
 *
 * @param marks the two lines
 * @param text what is between the marks
 */
public record MarkedSection(Marks marks, String text) {
  /** The lines around a section. */
  public enum Marks {
    /** Of a file in Markdown. */
    MARKDOWN("<!-- gra:begin -->", "<!-- gra:end -->"),
    /** Of a file whose comments begin with a #. */
    HASH("# gra:begin", "# gra:end");

    private final String begin;
    private final String end;

    Marks(String begin, String end) {
      this.begin = begin;
      this.end = end;
    }

    private static Pattern line(String mark) {
      return Pattern.compile("(?md)^" + Pattern.quote(mark) + "(?=[ \\t\\r]*$)");
    }

    private boolean in(String text) {
      return line(begin).matcher(text).find() || line(end).matcher(text).find();
    }
  }

  /** From where to where it stands, its end mark without the line's end. */
  private record Place(int begin, int end) {}

  public MarkedSection {
    if (!text.endsWith("\n") || marks.in(text)) {
      throw new IllegalArgumentException("a section is whole lines, without marks of its own");
    }
  }

  /** One of a Markdown file. */
  MarkedSection(String text) {
    this(Marks.MARKDOWN, text);
  }

  /**
   * The file's content with the section in it: in its place, or at the end where there is none.
   *
   * @param name of the file, for errors
   */
  public ByteString in(String name, ByteString file) {
    // One character a byte: so nothing is lost of a file that isn't UTF-8.
    String content = file.toString(ISO_8859_1);
    return place(marks, name, content)
        .map(place -> replaced(content, place))
        .orElseGet(() -> bytes(content + gap(content) + section() + "\n"));
  }

  /** The same, at the beginning where there is none. */
  public ByteString atTopOf(String name, ByteString file) {
    String content = file.toString(ISO_8859_1);
    return place(marks, name, content)
        .map(place -> replaced(content, place))
        .orElseGet(() -> bytes(section() + "\n" + (content.isEmpty() ? "" : "\n" + content)));
  }

  /** The content of a file without the section, and without the empty line that set it off. */
  public static ByteString outOf(Marks marks, String name, ByteString file) {
    String content = file.toString(ISO_8859_1);
    return place(marks, name, content)
        .map(
            place -> {
              String below = content.substring(place.end()).replaceFirst("^[ \\t\\r]*\\n?\\n?", "");
              return bytes(content.substring(0, place.begin()) + below);
            })
        .orElse(file);
  }

  private String section() {
    String section = marks.begin + "\n" + text + marks.end;
    return new String(section.getBytes(UTF_8), ISO_8859_1);
  }

  private ByteString replaced(String content, Place place) {
    return bytes(content.substring(0, place.begin()) + section() + content.substring(place.end()));
  }

  private static ByteString bytes(String content) {
    return ByteString.copyFrom(content, ISO_8859_1);
  }

  private static Optional<Place> place(Marks marks, String name, String content) {
    Matcher begin = Marks.line(marks.begin).matcher(content);
    Matcher end = Marks.line(marks.end).matcher(content);
    boolean begins = begin.find();
    boolean ends = end.find();
    if (!begins && !ends) {
      return Optional.empty();
    }
    if (!begins || !ends || end.start() < begin.end() || begin.find() || end.find()) {
      throw GraException.of(
          "BAD_MARKS",
          name + " has not one " + marks.begin + " with one " + marks.end + " after it",
          "take these lines out of " + name + ", and the same again");
    }
    begin.reset().find();
    end.reset().find();
    return Optional.of(new Place(begin.start(), end.end()));
  }

  private static String gap(String content) {
    if (content.isEmpty()) {
      return "";
    }
    return content.endsWith("\n") ? "\n" : "\n\n";
  }
}
