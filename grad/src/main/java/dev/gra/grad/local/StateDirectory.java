package dev.gra.grad.local;

import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerUid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** GRA_HOME as the local runtime uses it, held by one grad at a time. */
final class StateDirectory implements AutoCloseable {
  private final Path home;
  private final FileChannel lock;

  private StateDirectory(Path home, FileChannel lock) {
    this.home = home;
    this.lock = lock;
  }

  /**
   * Makes it where it isn't there, and locks it. The lock goes with this process, however it ends.
   */
  static StateDirectory open(Path home) {
    try {
      OwnerOnly.make(home);
      var real = home.toRealPath();
      OwnerOnly.make(real.resolve("runners"));
      return new StateDirectory(real, locked(real));
    } catch (IOException e) {
      throw new Unsupported(
              "can't use the state directory " + home + ": " + e.getMessage(),
              "set GRA_HOME to a directory of your own")
          .exception(e);
    }
  }

  private static FileChannel locked(Path home) throws IOException {
    var channel =
        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // Another runtime of this very process has it: answered as any other holder is.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new Unsupported(
            "another grad uses the state directory " + home,
            "gractl local stop, or set GRA_HOME to another directory")
        .exception();
  }

  Path home() {
    return home;
  }

  RunnerDirectory runner(RunnerUid uid) {
    return new RunnerDirectory(home.resolve("runners").resolve(uid.value()), uid);
  }

  /** All that are there, half-made ones too. */
  List<RunnerDirectory> runners() {
    try (var entries = Files.list(home.resolve("runners"))) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> entry.getFileName().toString())
          .filter(RunnerUid::valid)
          .map(name -> runner(new RunnerUid(name)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
