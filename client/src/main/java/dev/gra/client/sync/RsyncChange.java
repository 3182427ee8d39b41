package dev.gra.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of rsync's about one path, its bytes as ISO 8859-1.
 *
 * @param name relative to the workspace
 * @param deleted whether it isn't there at the source
 * @param source what it is there; if deleted, a directory or nothing that matters
 */
public record RsyncChange(String name, boolean deleted, Entry source) {
  private static final Pattern LINE =
      Pattern.compile("(\\*deleting  |[<>ch.](.).{9}) (\\d+) (\\S+) (.{9}) (.*)", Pattern.DOTALL);
  private static final Pattern ESCAPED = Pattern.compile("\\\\#([0-7]{3})");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy/MM/dd-HH:mm:ss", java.util.Locale.ROOT);

  /** Empty if the line tells of no file, link or directory, or of the workspace itself. */
  static Optional<RsyncChange> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches() || matcher.group(6).equals("./")) {
      return Optional.empty();
    }
    String name = decoded(matcher.group(6));
    boolean deleted = matcher.group(2) == null;
    char type = deleted ? (name.endsWith("/") ? 'd' : 'L') : matcher.group(2).charAt(0);
    String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    if ("fdL".indexOf(type) < 0) {
      return Optional.empty();
    }
    var modified = LocalDateTime.parse(matcher.group(4), TIME).toInstant(ZoneOffset.UTC);
    long size = Long.parseLong(matcher.group(3));
    return Optional.of(
        new RsyncChange(plain, deleted, Entry.of(type, size, modified, matcher.group(5))));
  }

  private static String decoded(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher matcher = ESCAPED.matcher(escaped);
    int done = 0;
    while (matcher.find()) {
      bytes.writeBytes(escaped.substring(done, matcher.start()).getBytes(ISO_8859_1));
      bytes.write(Integer.parseInt(matcher.group(1), 8));
      done = matcher.end();
    }
    bytes.writeBytes(escaped.substring(done).getBytes(ISO_8859_1));
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw Entry.badName(escaped, e);
    }
  }
}
