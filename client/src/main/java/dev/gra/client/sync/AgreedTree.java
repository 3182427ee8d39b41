package dev.gra.client.sync;

import dev.gra.client.local.GraHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** The tree on which a workspace and its runner last agreed, in a file. */
public final class AgreedTree {
  private static final String HEAD = "gra-agreed 1 ";

  /** What they agreed on; nothing if it was with another runner, or never. */
  public static Map<String, Entry> read(Path file, String runnerUid) throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return entries;
    }
    // What is damaged is as if they had never agreed: then nothing is deleted nor overwritten.
    if (!text.startsWith(HEAD + runnerUid + "\0") || !text.endsWith("\0\0")) {
      return entries;
    }
    for (String line : text.split("\0", -1)) {
      String[] words = line.split(" ", 5);
      if (words.length == 5) {
        long size = Long.parseLong(words[1]);
        Instant modified = Instant.parse(words[2]);
        entries.put(words[4], new Entry(words[0].charAt(0), size, modified, words[3]));
      }
    }
    return entries;
  }

  /** Writes it, whole or not at all. */
  public static void write(Path file, String runnerUid, Map<String, Entry> entries)
      throws IOException {
    StringBuilder text = new StringBuilder(HEAD).append(runnerUid).append('\0');
    entries.forEach(
        (name, entry) ->
            text.append(entry.type())
                .append(' ')
                .append(entry.size())
                .append(' ')
                .append(entry.modified())
                .append(' ')
                .append(entry.mode())
                .append(' ')
                .append(name)
                .append('\0'));
    GraHome.privateDirectory(file.getParent());
    GraHome.privateFile(file, text.append('\0').toString());
  }

  private AgreedTree() {}
}
