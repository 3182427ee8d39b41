package dev.gra.client.cli;

import dev.gra.client.sync.Entry;
import dev.gra.client.sync.RsyncCommand;
import dev.gra.v1.Runner;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an upload replaced in a runner goes away if it was what had been seen there; what a program
 * had changed in between is kept beside what came.
 */
final class SyncReplaced {
  /** Prints pairs, of a path and its copy's. */
  private static final String SCRIPT =
      """
      from=./REPLACED
      [ -d "$from" ] || exit 0
      xargs -0 -n 512 sh -c 'from=$1; shift; while [ $# -gt 1 ]; do
        [ "$(stat -c "%s %Y" -- "$from/$2" 2>/dev/null)" != "$1" ] || rm -f -- "$from/$2"
        shift 2
      done' sh "$from" || exit
      find "$from" ! -type d -printf '%P\\0' | xargs -0 -r -n 512 sh -c 'from=$1; shift; for name do
        n= copy=$name.conflict
        while [ -e "./$copy" ] || [ -L "./$copy" ]; do n=$((${n:-1} + 1)) copy=$name.conflict$n; done
        mv -T -- "$from/$name" "./$copy" || exit 255
        printf "%s\\0%s\\0" "$name" "$copy"
      done' sh "$from" && rm -rf -- "$from"
      """
          .replace("REPLACED", RsyncCommand.REPLACED);

  private final SyncScript script;

  SyncReplaced(Sync sync, Runner runner) {
    this.script = new SyncScript(sync, runner, SCRIPT);
  }

  /**
   * Answers the copies that it kept, by the paths of what they are copies of.
   *
   * @param seen what was to be replaced, by its path
   */
  Map<String, String> settle(Map<String, Entry> seen) throws InterruptedException {
    seen.forEach((name, entry) -> script.tell(name, entry));
    List<String> pairs = script.run("what a sync replaced could not be looked through");
    Map<String, String> copies = new TreeMap<>();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      copies.put(pairs.get(i), pairs.get(i + 1));
    }
    return copies;
  }
}
