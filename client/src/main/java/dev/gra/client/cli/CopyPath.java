package dev.gra.client.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One end of a copy.
 *
 * @param runner empty for this machine; the empty name means the workspace's runner
 * @param path there
 */
record CopyPath(Optional<String> runner, String path) {
  private static final Pattern REMOTE = Pattern.compile("([a-z0-9-]*):(.*)", Pattern.DOTALL);

  /** {@code RUNNER:PATH} or {@code :PATH}; all else is here, {@code ./a:b} too. */
  static CopyPath parse(String text) {
    Matcher remote = REMOTE.matcher(text);
    return remote.matches()
        ? new CopyPath(Optional.of(remote.group(1)), remote.group(2))
        : new CopyPath(Optional.empty(), text);
  }

  /** What the copy is called if it goes into a directory. */
  String name() {
    String stripped = path.replaceAll("/+$", "");
    String last = stripped.substring(stripped.lastIndexOf('/') + 1);
    return last.isEmpty() || last.equals(".") || last.equals("..") ? "copy" : last;
  }
}
