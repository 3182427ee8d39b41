package dev.gra.runnerd.link;

import dev.gra.runnerd.exec.Exec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Channels on which Ended was sent, and which may still acknowledge it; the oldest are forgotten.
 */
final class EndedChannels {
  private final Map<Long, Exec> execs;

  EndedChannels(int most) {
    execs =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Exec> eldest) {
            return size() > most;
          }
        };
  }

  void add(long channel, Exec exec) {
    execs.put(channel, exec);
  }

  Optional<Exec> take(long channel) {
    return Optional.ofNullable(execs.remove(channel));
  }
}
