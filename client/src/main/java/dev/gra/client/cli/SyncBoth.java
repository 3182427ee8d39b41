package dev.gra.client.cli;

import dev.gra.client.local.Commands;
import dev.gra.client.sync.BothPlan;
import dev.gra.client.sync.Direction;
import dev.gra.client.sync.Entry;
import dev.gra.client.sync.LocalTree;
import dev.gra.client.sync.RsyncCommand;
import dev.gra.client.sync.RsyncCommand.Mode;
import dev.gra.client.sync.RsyncRun;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Changes of both sides to both sides. What comes is put aside first, and takes its place only if
 * what is there is what it was when that was decided.
 */
final class SyncBoth {
  private final Sync sync;
  private final RsyncRun rsync;
  private final Runner runner;
  private final SyncResult result;
  private final Path root;
  private final Path incoming;
  private final List<String> up = new ArrayList<>();
  private final Map<String, Entry> theirs = new TreeMap<>();
  private Map<String, Entry> here;
  private Map<String, Entry> agreed;

  SyncBoth(Sync sync, RsyncRun rsync, Runner runner, SyncResult result) {
    this.sync = sync;
    this.rsync = rsync;
    this.runner = runner;
    this.result = result;
    this.root = sync.root();
    this.incoming = root.resolve(RsyncCommand.INCOMING);
  }

  void run(boolean delete) throws IOException, InterruptedException {
    agreed = sync.record().agreed(runner);
    here = LocalTree.entries(root, true);
    var differences =
        rsync
            .run(RsyncCommand.of(Direction.DOWN, Mode.DRY_RUN, Mode.DELETE, Mode.BOTH_WAYS))
            .each();
    BothPlan plan = BothPlan.of(here, agreed, differences, delete);
    Map<String, Entry> now = new TreeMap<>(here);
    differences.forEach(difference -> restore(now, difference.name()));
    differences.stream()
        .filter(difference -> !difference.deleted())
        .forEach(difference -> theirs.put(difference.name(), difference.source()));
    result.changed(Direction.UP, 0);
    result.changed(Direction.DOWN, 0);
    up.addAll(plan.up());
    plan.clashes().forEach(this::tellClash);
    bringDown(plan, now);
    sendUp(now);
    deleteHere(plan.deleteHere(), now);
    deleteThere(plan.deleteThere(), now);
    sync.record().agree(runner, now);
  }

  // On what differs they agree no more than before, until it is settled.
  private void restore(Map<String, Entry> now, String name) {
    Entry before = agreed.get(name);
    if (before == null) {
      now.remove(name);
    } else {
      now.put(name, before);
    }
  }

  private void tellClash(String name) {
    result.conflict(name, "");
    sync.sayOnce(
        "conflict: "
            + name
            + " is a directory on one side and not on the other; both stay as they are."
            + " Try: rename one of them");
  }

  private void bringDown(BothPlan plan, Map<String, Entry> now)
      throws IOException, InterruptedException {
    List<String> wanted = new ArrayList<>(plan.down());
    wanted.addAll(plan.conflicts());
    if (wanted.isEmpty()) {
      return;
    }
    Files.createDirectories(incoming);
    rsync.run(RsyncCommand.only(wanted, Direction.DOWN, Mode.STAGED, Mode.BOTH_WAYS));
    for (String name : plan.down()) {
      place(name, now);
    }
    for (String name : plan.conflicts()) {
      if (Files.exists(incoming.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        keepBeside(name);
      }
    }
    Commands.deleteTree(incoming);
  }

  private void place(String name, Map<String, Entry> now) throws IOException {
    Optional<Entry> came = Entry.at(incoming, name);
    if (came.isEmpty()) {
      return; // It went away there meanwhile.
    }
    if (!Entry.at(root, name).equals(Optional.ofNullable(here.get(name)))) {
      keepBeside(name);
      return;
    }
    Path target = root.resolve(name);
    makeParents(name);
    if (came.get().type() == 'd') {
      Files.createDirectory(target, PosixFilePermissions.asFileAttribute(modeOf(name)));
    } else {
      Files.move(
          incoming.resolve(name),
          target,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    now.put(name, came.get());
    result.changed(Direction.DOWN, 1);
  }

  private Set<PosixFilePermission> modeOf(String directory) throws IOException {
    return Files.getPosixFilePermissions(incoming.resolve(directory));
  }

  private void makeParents(String name) throws IOException {
    Path parent = Path.of(name).getParent();
    if (parent != null && !Files.exists(root.resolve(parent))) {
      makeParents(parent.toString());
      Files.createDirectory(
          root.resolve(parent), PosixFilePermissions.asFileAttribute(modeOf(parent.toString())));
    }
  }

  // Theirs beside ours; ours is what both have from now on, with the copy.
  private void keepBeside(String name) throws IOException {
    Path came = incoming.resolve(name);
    Entry.at(incoming, name).ifPresent(entry -> theirs.put(name, entry));
    up.add(name);
    if (same(came, root.resolve(name))) {
      return;
    }
    for (int n = 1; ; n++) {
      String copy = name + ".conflict" + (n == 1 ? "" : n);
      boolean free = !Files.exists(root.resolve(copy), LinkOption.NOFOLLOW_LINKS);
      if (free) {
        Files.move(came, root.resolve(copy));
      }
      if (free || same(came, root.resolve(copy))) {
        Entry.at(root, copy).ifPresent(entry -> here.put(copy, entry));
        up.add(copy);
        result.conflict(name, copy);
        sync.sayOnce(
            "conflict: "
                + name
                + " was changed here and in the runner; the runner's is kept as "
                + copy);
        return;
      }
    }
  }

  private static boolean same(Path one, Path other) throws IOException {
    if (Files.isSymbolicLink(one) && Files.isSymbolicLink(other)) {
      return Files.readSymbolicLink(one).equals(Files.readSymbolicLink(other));
    }
    return Files.isRegularFile(one, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS)
        && Files.mismatch(one, other) < 0;
  }

  private void sendUp(Map<String, Entry> now) throws IOException, InterruptedException {
    if (up.isEmpty()) {
      return;
    }
    var report = rsync.run(RsyncCommand.only(up, Direction.UP, Mode.BOTH_WAYS));
    result.changed(Direction.UP, report.changed());
    // As they were before: what changed since then is a change of the next sync.
    up.forEach(name -> Optional.ofNullable(here.get(name)).ifPresent(is -> now.put(name, is)));
    theirs.keySet().retainAll(up);
    new SyncReplaced(sync, runner).settle(theirs).forEach(this::tellKept);
  }

  private void tellKept(String name, String copy) {
    result.conflict(name, copy);
    sync.sayOnce(
        "conflict: "
            + name
            + " was changed in the runner while it was synced; that is kept there as "
            + copy);
  }

  private void deleteHere(List<String> names, Map<String, Entry> now) throws IOException {
    for (String name : names.reversed()) {
      Path path = root.resolve(name);
      boolean asDecided = Entry.at(root, name).equals(Optional.of(here.get(name)));
      // A directory stays for what in it is new, or left out of a sync.
      if (asDecided && !(Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && holdsAny(path))) {
        Files.delete(path);
        now.remove(name);
        result.deleted(Direction.DOWN, 1);
      }
    }
  }

  private static boolean holdsAny(Path directory) throws IOException {
    try (var entries = Files.newDirectoryStream(directory)) {
      return entries.iterator().hasNext();
    }
  }

  private void deleteThere(List<String> names, Map<String, Entry> now) throws InterruptedException {
    if (names.isEmpty()) {
      return;
    }
    List<String> deepestFirst = names.stream().sorted(Comparator.reverseOrder()).toList();
    SyncDeletion deletion = new SyncDeletion(sync, runner);
    for (String gone : deletion.run(deepestFirst, agreed)) {
      now.remove(gone);
      result.deleted(Direction.UP, 1);
    }
  }
}
