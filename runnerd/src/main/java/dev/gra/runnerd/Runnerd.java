package dev.gra.runnerd;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.gra.link.v1.Hello;
import dev.gra.runnerd.exec.Engine;
import dev.gra.runnerd.exec.Host;
import dev.gra.runnerd.exec.Settings;
import dev.gra.runnerd.journal.Journal;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.runnerd.link.LinkServer;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.ProcessTree;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Spawner;
import dev.gra.runnerd.spool.DiskFile;
import dev.gra.runnerd.spool.SpoolFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The daemon: reactor, journal, engine and link server, from their beginning to their orderly end.
 */
public final class Runnerd {
  /** Why it ended. */
  public enum End {
    /** There was nothing to do for the idle time-out. */
    IDLE,
    /** It was asked to. */
    ASKED
  }

  /** Written when it ends by itself, so that whoever keeps the runner knows that it is over. */
  public static final String FINISHED = "finished";

  private static final Duration LAST_WORDS = Duration.ofSeconds(2);
  private static final Duration LAST_WORDS_LOOK = Duration.ofMillis(10);

  private final Settings settings;
  private final Reactor reactor;
  private final JournalFiles files;
  private final Function<Path, SpoolFile> spoolFiles;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private Journal journal;
  private Engine engine;
  private LinkServer server;
  private boolean stopping;

  private Runnerd(
      Settings settings,
      Reactor reactor,
      JournalFiles files,
      Function<Path, SpoolFile> spoolFiles) {
    this.settings = settings;
    this.reactor = reactor;
    this.files = files;
    this.spoolFiles = spoolFiles;
  }

  /**
   * Starts it; when this returns, it takes links.
   *
   * @param files where the journal is
   */
  public static Runnerd start(
      Settings settings, JournalFiles files, Path socket, InstantSource clock) throws IOException {
    return start(settings, files, DiskFile::new, socket, clock);
  }

  /**
   * Starts it.
   *
   * @param spoolFiles what a spool keeps its bytes in, by path
   */
  static Runnerd start(
      Settings settings,
      JournalFiles files,
      Function<Path, SpoolFile> spoolFiles,
      Path socket,
      InstantSource clock)
      throws IOException {
    Reactor reactor = new Reactor("reactor", failure -> Log.error("a defect", failure));
    Runnerd runnerd = new Runnerd(settings, reactor, files, spoolFiles);
    CompletableFuture<Void> started = new CompletableFuture<>();
    reactor.post(
        () -> {
          try {
            runnerd.begin(socket, clock);
            started.complete(null);
          } catch (IOException | RuntimeException e) {
            started.completeExceptionally(e);
          }
        });
    try {
      started.join();
    } catch (java.util.concurrent.CompletionException e) {
      reactor.close();
      throw new IOException("runnerd can't start: " + e.getCause().getMessage(), e.getCause());
    }
    return runnerd;
  }

  /**
   * Ends all execs as cancelled, tells their clients, and ends. Answers at once; see {@link
   * #awaitEnd}.
   */
  public void stop(String why) {
    try {
      reactor.post(() -> beginStop(why));
    } catch (RejectedExecutionException e) {
      Log.info("asked to stop when it was ending already");
    }
  }

  /** Waits for its end. */
  public End awaitEnd() {
    End how = end.join();
    // The journal answers on the reactor, so that one goes last.
    journal.close();
    reactor.close();
    return how;
  }

  private void begin(Path socket, InstantSource clock) throws IOException {
    Files.deleteIfExists(settings.state().resolve(FINISHED));
    ProcessTree tree = new ProcessTree();
    Host host = new Host(reactor, tree, new Spawner(tree), files, settings.limits(), spoolFiles);
    journal = new Journal(files, reactor::post);
    engine = new Engine(host, settings, journal, clock, this::idle);
    engine.recover(files.load());
    Hello hello =
        Hello.newBuilder()
            .setMinVersion(1)
            .setMaxVersion(1)
            .setSoftware("runnerd " + Version.TEXT)
            .setIncarnation(UUID.randomUUID().toString())
            .setRunnerUid(settings.runnerUid())
            .build();
    server = new LinkServer(reactor, engine, hello, socket);
  }

  private void idle() {
    Log.info("idle: ending");
    try {
      writeFinished();
    } catch (IOException e) {
      Log.warn("'" + FINISHED + "' can't be written: " + e);
    }
    finish(End.IDLE);
  }

  private void beginStop(String why) {
    if (stopping) {
      return;
    }
    stopping = true;
    Log.info("asked to stop: " + engine.live() + " live execs");
    engine.shutDown(why);
    awaitExecs();
  }

  private void awaitExecs() {
    if (engine.live() > 0) {
      reactor.after(LAST_WORDS_LOOK, this::awaitExecs);
    } else {
      long deadline = System.nanoTime() + LAST_WORDS.toNanos();
      awaitLastWords(deadline);
    }
  }

  /** Clients that read get their endings; one that doesn't won't keep us. */
  private void awaitLastWords(long deadline) {
    boolean told = engine.attachments() == 0 && server.isDrained();
    if (told || System.nanoTime() - deadline >= 0) {
      finish(End.ASKED);
    } else {
      reactor.after(LAST_WORDS_LOOK, () -> awaitLastWords(deadline));
    }
  }

  private void finish(End how) {
    engine.close();
    try {
      server.close();
    } catch (IOException e) {
      Log.warn("the socket can't be closed: " + e);
    }
    end.complete(how);
  }

  private void writeFinished() throws IOException {
    Path finished = settings.state().resolve(FINISHED);
    try (FileChannel file = FileChannel.open(finished, CREATE, WRITE, TRUNCATE_EXISTING)) {
      file.force(true);
    }
    try (FileChannel directory = FileChannel.open(settings.state(), READ)) {
      directory.force(true);
    }
  }
}
