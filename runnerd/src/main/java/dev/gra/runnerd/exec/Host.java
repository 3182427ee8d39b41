package dev.gra.runnerd.exec;

import dev.gra.runnerd.journal.ExecRecord;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.runnerd.process.OomKills;
import dev.gra.runnerd.process.ProcessTree;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Spawner;
import dev.gra.runnerd.spool.MemoryFile;
import dev.gra.runnerd.spool.Overflow;
import dev.gra.runnerd.spool.Spool;
import dev.gra.runnerd.spool.SpoolFile;
import dev.gra.v1.OutputMode;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Function;

/** The machine under the execs: processes and files. */
public final class Host {
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final long MARK_BITS = 39;

  private final RunContext run;
  private final Spawner spawner;
  private final JournalFiles files;
  private final Function<Path, SpoolFile> spoolFiles;

  /**
   * @param spoolFiles what a spool keeps its bytes in, by path
   */
  public Host(
      Reactor reactor,
      ProcessTree tree,
      Spawner spawner,
      JournalFiles files,
      Settings.Limits limits,
      Function<Path, SpoolFile> spoolFiles) {
    this.run =
        new RunContext(
            reactor,
            tree,
            new OomVerdict(new OomKills()),
            limits,
            ByteBuffer.allocateDirect(BUFFER_BYTES));
    this.spawner = spawner;
    this.files = files;
    this.spoolFiles = spoolFiles;
  }

  RunContext run() {
    return run;
  }

  Exec live(
      Settings settings,
      Start start,
      long stdinWindow,
      ExecRecord record,
      long sequence,
      Exec.Keeper keeper,
      LifeContext.EndListener whenEnded) {
    Spools spools =
        new Spools(
            spool(settings, start, record, Stream.STREAM_STDOUT),
            spool(settings, start, record, Stream.STREAM_STDERR));
    Launch launch = new Launch(settings);
    LifeContext context =
        new LifeContext(
            start,
            stdinWindow,
            mark(record),
            () -> launch.command(start, files.directory(record.id())),
            spawner,
            run,
            whenEnded);
    return Exec.live(record, sequence, spools, keeper, context);
  }

  private Spool spool(Settings settings, Start start, ExecRecord record, Stream stream) {
    if (start.getLight()) {
      return new Spool(new MemoryFile(), Light.SPOOL_BYTES, Overflow.BLOCK_AND_FORGET);
    }
    boolean ring = start.getOutputMode() == OutputMode.OUTPUT_MODE_RING;
    return new Spool(
        spoolFile(record.id(), stream),
        settings.spoolBytes(),
        ring ? Overflow.DROP_OLDEST : Overflow.BLOCK);
  }

  SpoolFile spoolFile(String execId, Stream stream) {
    String name = stream == Stream.STREAM_STDOUT ? "stdout" : "stderr";
    return spoolFiles.apply(files.directory(execId).resolve(name));
  }

  /** As good as random, and known again after a restart. */
  static long mark(ExecRecord record) {
    long bits = record.spec().bytes().asReadOnlyByteBuffer().getLong();
    return bits & ((1L << MARK_BITS) - 1);
  }
}
