package dev.gra.grad.status;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A page under way. Names of elements and attributes are the program's own; all text and all values
 * are escaped, whatever is in them, and characters that aren't seen or turn the text's direction
 * are shown as such.
 */
final class Html {
  private static final char UNSEEN = '\uFFFD';

  private final StringBuilder out = new StringBuilder(16 << 10).append("<!DOCTYPE html>\n");
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins an element, with attributes as pairs of names and values. */
  Html open(String element, String... attributes) {
    single(element, attributes);
    open.push(element);
    return this;
  }

  /** Ends the innermost element. */
  Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element that has no end. */
  Html single(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
    return this;
  }

  /** An element of text. */
  Html element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  Html text(String text) {
    escape(text);
    return this;
  }

  /** The next line. */
  Html line() {
    out.append('\n');
    return this;
  }

  /** The page, which must be complete. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return out.toString();
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(unseen(c) ? UNSEEN : c);
      }
    }
  }

  private static boolean unseen(char c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
  }
}
