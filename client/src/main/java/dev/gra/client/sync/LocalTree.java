package dev.gra.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What of a workspace is synced: listed by rsync itself, so that its filters are read in one way.
 */
public final class LocalTree {
  /**
   * Each path with what it is.
   *
   * @param guarded without what never comes from a runner
   */
  public static Map<String, Entry> entries(Path root, boolean guarded) throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    for (RsyncChange found : list(root, guarded)) {
      Optional<Entry> exact = Entry.at(root, found.name());
      exact.ifPresent(entry -> entries.put(found.name(), entry));
    }
    return entries;
  }

  /** The directories below the workspace's root. */
  public static List<String> directories(Path root) throws IOException {
    return list(root, false).stream()
        .filter(found -> found.source().isDirectory())
        .map(RsyncChange::name)
        .toList();
  }

  private static List<RsyncChange> list(Path root, boolean guarded) throws IOException {
    Path scratch = Files.createTempDirectory("gra-sync-");
    try {
      Path filters = scratch.resolve("filters");
      Files.writeString(filters, RsyncCommand.filters(root, guarded));
      Path out = scratch.resolve("list");
      ProcessBuilder builder =
          new ProcessBuilder(
              "rsync",
              "-rlt",
              "--dry-run",
              "--from0",
              "--8-bit-output",
              "--filter=. " + filters,
              "--out-format=" + RsyncReport.FORMAT,
              "./",
              scratch.resolve("nowhere").toString());
      RsyncRun.prepare(builder, root);
      builder.redirectOutput(out.toFile()).redirectError(scratch.resolve("errors").toFile());
      Process rsync = RsyncRun.start(builder);
      int code = Commands.await(rsync);
      RsyncReport report =
          new RsyncReport(
              code,
              Files.readString(out, ISO_8859_1).lines().toList(),
              Files.readString(scratch.resolve("errors"), ISO_8859_1).lines().toList());
      if (!report.complete()) {
        throw GraException.of("SYNC_FAILED", "the workspace can't be read: " + report.why(), null);
      }
      return report.each();
    } finally {
      Commands.deleteTree(scratch);
    }
  }

  private LocalTree() {}
}
