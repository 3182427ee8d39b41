package dev.gra.runnerd;

import dev.gra.runnerd.exec.Settings;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.runnerd.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;

/** The program. Exits 0 after idleness or SIGTERM, 1 when it can't start, 2 on wrong usage. */
public final class Main {
  public static void main(String[] args) {
    Options options;
    try {
      options = Options.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("runnerd: " + e.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
      return;
    }
    try {
      run(options);
    } catch (IOException e) {
      System.err.println("runnerd: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Options options) throws IOException {
    Files.createDirectories(options.state());
    Settings settings =
        new Settings(
            options.state(),
            options.workspace(),
            options.runnerUid(),
            System.getenv(),
            options.idleTimeout(),
            options.spoolBytes(),
            Settings.Limits.DEFAULT);
    Runnerd runnerd =
        Runnerd.start(
            settings, new JournalFiles(options.state()), options.socket(), InstantSource.system());
    Thread hook = Thread.ofPlatform().name("stop").unstarted(() -> stopAndHalt(runnerd));
    Runtime.getRuntime().addShutdownHook(hook);
    Log.info("ready: runner " + options.runnerUid() + " on " + options.socket());
    if (runnerd.awaitEnd() == Runnerd.End.IDLE) {
      // Without the hooks: there is nothing left to stop.
      Runtime.getRuntime().halt(0);
    }
  }

  /** On SIGTERM: an orderly end, and exit status 0, where the virtual machine would say 143. */
  private static void stopAndHalt(Runnerd runnerd) {
    runnerd.stop("runner deleted");
    runnerd.awaitEnd();
    Runtime.getRuntime().halt(0);
  }

  private Main() {}
}
