package dev.gra.client.cli;

import dev.gra.client.sync.Entry;
import dev.gra.v1.Runner;
import java.util.List;
import java.util.Map;

/** Deletes in a runner what is there as both sides had it, and nothing that was changed since. */
final class SyncDeletion {
  /** Prints the paths that are gone. */
  private static final String SCRIPT =
      """
      xargs -0 -n 512 sh -c 'while [ $# -gt 1 ]; do
        if [ "$1" = d ]; then rmdir -- "./$2" 2>/dev/null
        else [ "$(stat -c "%s %Y" -- "./$2" 2>/dev/null)" = "$1" ] && rm -f -- "./$2"; fi
        [ -e "./$2" ] || [ -L "./$2" ] || printf "%s\\0" "$2"
        shift 2
      done; true' sh
      """;

  private final SyncScript script;

  SyncDeletion(Sync sync, Runner runner) {
    this.script = new SyncScript(sync, runner, SCRIPT);
  }

  /** Answers what is gone. */
  List<String> run(List<String> names, Map<String, Entry> agreed) throws InterruptedException {
    names.forEach(name -> script.tell(name, agreed.get(name)));
    return script.run("what was deleted here could not be deleted");
  }
}
