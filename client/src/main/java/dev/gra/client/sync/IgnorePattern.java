package dev.gra.client.sync;

import dev.gra.client.GraException;
import java.util.ArrayList;
import java.util.List;

/** One pattern of .gitignore's as those of rsync that fit the same paths. */
final class IgnorePattern {
  /** Each doubles the patterns. */
  private static final int MOST_GAPS = 6;

  /** A piece of a pattern. */
  private sealed interface Piece {}

  private record Literal(char character) implements Piece {}

  /** A {@code *}, {@code ?} or {@code [...]}, the same in both. */
  private record Wildcard(String text) implements Piece {}

  /** {@code **} between slashes or at an end. */
  private record AnyDepth() implements Piece {}

  private record Slash() implements Piece {}

  /** Nothing if it fits no path. */
  static List<String> translate(String pattern) {
    boolean directory = pattern.endsWith("/");
    String body = directory ? pattern.substring(0, pattern.length() - 1) : pattern;
    boolean anchored = body.contains("/");
    String path = body.startsWith("/") ? body.substring(1) : body;
    List<Piece> pieces = pieces(path);
    boolean emptyName = path.startsWith("/") || path.endsWith("/") || path.contains("//");
    if (pieces.isEmpty() || emptyName) {
      return List.of();
    }
    // `**/` in front says: anywhere. So does rsync, of what isn't anchored.
    while (pieces.size() > 2 && anyDepthAt(pieces, 0)) {
      anchored = false;
      pieces = pieces.subList(2, pieces.size());
    }
    if (pieces.equals(List.of(new AnyDepth()))) {
      anchored = false;
      pieces = List.of(new Wildcard("*"));
    }
    List<String> translated = new ArrayList<>();
    for (List<Piece> variant : withoutGaps(pieces, pattern)) {
      translated.add((anchored ? "/" : "") + text(variant) + (directory ? "/" : ""));
    }
    return translated;
  }

  private static boolean anyDepthAt(List<Piece> pieces, int index) {
    return pieces.get(index) instanceof AnyDepth && pieces.get(index + 1) instanceof Slash;
  }

  private static List<Piece> pieces(String text) {
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = at + 1;
      switch (text.charAt(at)) {
        case '/' -> pieces.add(new Slash());
        case '?' -> pieces.add(new Wildcard("?"));
        case '*' -> {
          end = afterStars(text, at);
          boolean bounded =
              (at == 0 || text.charAt(at - 1) == '/')
                  && (end == text.length() || text.charAt(end) == '/');
          pieces.add(bounded && end - at > 1 ? new AnyDepth() : new Wildcard("*"));
        }
        case '[' -> {
          end = afterBracket(text, at);
          if (end < 0) {
            return List.of();
          }
          pieces.add(new Wildcard(text.substring(at, end)));
        }
        case '\\' -> {
          if (end == text.length()) {
            return List.of();
          }
          pieces.add(new Literal(text.charAt(end)));
          end++;
        }
        default -> pieces.add(new Literal(text.charAt(at)));
      }
      at = end;
    }
    return pieces;
  }

  private static int afterStars(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) == '*') {
      end++;
    }
    return end;
  }

  /** Behind the bracket that closes it; negative if none does. */
  private static int afterBracket(String text, int at) {
    int i = at + 1;
    if (i < text.length() && (text.charAt(i) == '!' || text.charAt(i) == '^')) {
      i++;
    }
    int first = i;
    while (i < text.length() && (text.charAt(i) != ']' || i == first)) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.startsWith("[:", i) && text.indexOf(":]", i + 2) >= 0) {
        i = text.indexOf(":]", i + 2) + 1;
      }
      i++;
    }
    return i < text.length() ? i + 1 : -1;
  }

  // To git ** between slashes may be nothing, to rsync it is something: with and without each.
  private static List<List<Piece>> withoutGaps(List<Piece> pieces, String pattern) {
    List<List<Piece>> variants = new ArrayList<>(List.of(List.of()));
    int gaps = 0;
    for (int i = 0; i < pieces.size(); i++) {
      boolean gap = i > 0 && i + 1 < pieces.size() && anyDepthAt(pieces, i);
      List<Piece> next = gap ? pieces.subList(i, i + 2) : List.of(pieces.get(i));
      List<List<Piece>> longer = new ArrayList<>();
      for (List<Piece> variant : variants) {
        longer.add(joined(variant, next));
        if (gap) {
          longer.add(variant);
        }
      }
      variants = longer;
      i += next.size() - 1;
      gaps += gap ? 1 : 0;
      if (gaps > MOST_GAPS) {
        throw GraException.of(
            "BAD_IGNORE_RULE", "this rule has too many **: " + pattern, "one with six at most");
      }
    }
    return variants;
  }

  private static List<Piece> joined(List<Piece> left, List<Piece> right) {
    List<Piece> whole = new ArrayList<>(left);
    whole.addAll(right);
    return whole;
  }

  // A backslash escapes for rsync only where there is a wildcard, which to it is any of *?[ .
  private static String text(List<Piece> pieces) {
    boolean wild =
        pieces.stream()
            .anyMatch(
                piece ->
                    switch (piece) {
                      case Literal literal -> "*?[".indexOf(literal.character()) >= 0;
                      case Wildcard wildcard -> true;
                      case AnyDepth any -> true;
                      case Slash slash -> false;
                    });
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Slash slash -> text.append('/');
        case AnyDepth any -> text.append("**");
        case Wildcard wildcard -> text.append(wildcard.text());
        case Literal literal -> {
          boolean escaped = wild && "*?[\\".indexOf(literal.character()) >= 0;
          text.append(escaped ? "\\" : "").append(literal.character());
        }
      }
    }
    return text.toString();
  }

  private IgnorePattern() {}
}
