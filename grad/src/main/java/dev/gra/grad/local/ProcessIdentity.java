package dev.gra.grad.local;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * One very process of one very boot: a pid alone may be somebody else's by now. Recorded to end
 * what grad started, never to find it.
 */
record ProcessIdentity(long pid, long startTicks, String bootId) {

  static Optional<ProcessIdentity> of(long pid) {
    return ProcessTable.stat(pid)
        .filter(stat -> !stat.dead())
        .map(stat -> new ProcessIdentity(pid, stat.startTicks(), currentBootId()));
  }

  /** Whether it still runs; a zombie doesn't. */
  boolean alive() {
    return bootId.equals(currentBootId())
        && ProcessTable.stat(pid)
            .filter(stat -> !stat.dead() && stat.startTicks() == startTicks)
            .isPresent();
  }

  /** Its handle, which compares the start time once more when it sends a signal. */
  Optional<ProcessHandle> handle() {
    return ProcessHandle.of(pid).filter(_ -> alive());
  }

  byte[] json() throws IOException {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("pid", pid);
    fields.put("startTicks", startTicks);
    fields.put("bootId", bootId);
    return JSON.std.asBytes(fields);
  }

  static ProcessIdentity parse(byte[] json) throws IOException {
    var fields = JSON.std.mapFrom(json);
    if (fields.get("pid") instanceof Number pid
        && fields.get("startTicks") instanceof Number startTicks
        && fields.get("bootId") instanceof String bootId) {
      return new ProcessIdentity(pid.longValue(), startTicks.longValue(), bootId);
    }
    throw new IOException("not a process identity");
  }

  private static String currentBootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
