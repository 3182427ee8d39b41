package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a socat says on stderr, as far as it matters. Used by one thread at a time. */
final class SocatWords {
  /** Far more than it says of a connection that it can't make. */
  private static final int MOST = 8192;

  private static final Pattern REMOTE_END = Pattern.compile("socket 2 \\(fd \\d+\\) is at EOF");
  private static final Pattern BREAK = Pattern.compile(" W (read|write)\\(");
  private static final Pattern NO_CONNECTION = Pattern.compile(" E connect\\(.*\\): ([^\\n:]+)\\n");

  private final StringBuilder said = new StringBuilder();

  synchronized void heard(ByteString bytes) {
    said.append(bytes.toStringUtf8());
    said.delete(0, Math.max(0, said.length() - MOST));
  }

  /** Whether the port's side has sent its last byte; socat has passed it on by then. */
  synchronized boolean remoteEnded() {
    return REMOTE_END.matcher(said).find();
  }

  /**
   * Whether the connection broke, as by a reset: that is a warning and an end to socat, which exits
   * with 0 then.
   */
  synchronized boolean broken() {
    return BREAK.matcher(said).find();
  }

  /** Why there was no connection, e.g. {@code Connection refused}. */
  synchronized Optional<String> noConnection() {
    Matcher failure = NO_CONNECTION.matcher(said);
    return failure.find() ? Optional.of(failure.group(1)) : Optional.empty();
  }
}
