package dev.gra.runnerd.exec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.gra.link.v1.LinkError;
import dev.gra.protocol.Joining;
import dev.gra.protocol.RunnerExec;
import dev.gra.runnerd.journal.ExecRecord;
import dev.gra.runnerd.journal.SpecHash;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.spool.Spool;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecState;
import dev.gra.v1.Stream;
import dev.gra.v1.TraceContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One exec: its attachments and its spools, and while it lives its {@link Life}. After its end
 * nothing of the life is kept. Belongs to the reactor's thread.
 */
public final class Exec {
  /** Who keeps count of execs. */
  interface Keeper {
    /** An attachment came or went. */
    void attachmentsChanged(Exec exec, int by);

    /** A client has the ending. */
    void acknowledged(Exec exec);
  }

  private final ExecRecord record;
  private final long sequence;
  private final Spools spools;
  private final Keeper keeper;
  private final RunnerExec streams;
  private final Map<Long, Client> clients = new HashMap<>();
  private final List<Consumer<Exec>> whenEnded = new ArrayList<>();
  private Optional<Life> life;
  private boolean light;
  private boolean open;
  private boolean acknowledged;
  private boolean told;

  /** One that is about to live; its attachments see nothing before {@link #open}. */
  static Exec live(
      ExecRecord record, long sequence, Spools spools, Keeper keeper, LifeContext context) {
    Exec exec = new Exec(record, sequence, spools, keeper, context.stdinWindow());
    exec.light = context.start().getLight();
    exec.life = Optional.of(new Life(exec, exec.streams, context));
    return exec;
  }

  /** One that has ended, as a journal tells. */
  static Exec ended(ExecRecord record, long sequence, Spools spools, Keeper keeper, Ended ended) {
    Exec exec = new Exec(record, sequence, spools, keeper, 0);
    exec.open = true;
    exec.streams.ended(ended);
    return exec;
  }

  private Exec(ExecRecord record, long sequence, Spools spools, Keeper keeper, long stdinWindow) {
    this.record = record;
    this.sequence = sequence;
    this.spools = spools;
    this.keeper = keeper;
    this.life = Optional.empty();
    this.streams = new RunnerExec(record.id(), stdinWindow, new Host());
  }

  /** Its id. */
  public String id() {
    return record.id();
  }

  SpecHash spec() {
    return record.spec();
  }

  TraceContext traceContext() {
    return record.exec().getEnded().getTraceContext();
  }

  Timestamp created() {
    return record.exec().getCreateTime();
  }

  /** Newer ones have a greater one, and no two have the same. */
  public long sequence() {
    return sequence;
  }

  Spools spools() {
    return spools;
  }

  Optional<Life> life() {
    return life;
  }

  Optional<Ended> ending() {
    return streams.ending();
  }

  boolean isLight() {
    return light;
  }

  /** Whether somebody may have heard of its ending. */
  boolean isTold() {
    return told;
  }

  boolean inUse() {
    return !clients.isEmpty();
  }

  /** As a client sees it from outside. */
  public dev.gra.v1.Exec view() {
    dev.gra.v1.Exec.Builder view =
        record.exec().toBuilder()
            .clearEnded()
            .setState(
                ending().isPresent() ? ExecState.EXEC_STATE_ENDED : ExecState.EXEC_STATE_RUNNING)
            .setFirstAvailable(spools.first())
            .setEnd(spools.end())
            .setWriterAttached(streams.hasWriter())
            .setAttachments(clients.size());
    ending().ifPresent(view::setEnded);
    return view.build();
  }

  /** Its record is durable: attachments may be told of it. */
  void open() {
    open = true;
    wakeAll();
  }

  /** It came to nothing. */
  void failed(LinkError error) {
    List<Map.Entry<Long, Client>> all = List.copyOf(clients.entrySet());
    for (Map.Entry<Long, Client> client : all) {
      close(client.getKey());
      client.getValue().failed(error);
    }
  }

  /**
   * Adds an attachment.
   *
   * @param key used for no other attachment
   */
  void attach(long key, Client client, Joining joining) {
    streams.attach(key, joining);
    clients.put(key, client);
    keeper.attachmentsChanged(this, 1);
    writerMayHaveChanged();
    wakeAll();
  }

  /** A client's frame; throws what {@link RunnerExec#receive} throws. */
  public void receive(long key, ExecRequest frame) {
    streams.receive(key, frame);
    writerMayHaveChanged();
    Client client = clients.get(key);
    if (client != null) {
      client.wake();
    }
  }

  /** The attachment is over. */
  public void close(long key) {
    streams.close(key);
    if (clients.remove(key) != null) {
      keeper.attachmentsChanged(this, -1);
      writerMayHaveChanged();
      releaseIfUnused();
    }
  }

  /** A client has the ending; also after its attachment is over. */
  public void acknowledge() {
    if (ending().isPresent() && !acknowledged) {
      acknowledged = true;
      keeper.acknowledged(this);
    }
  }

  /** What to send an attachment before output of any exec. */
  public Optional<ExecResponse> nextControl(long key) {
    return open ? streams.nextControl(key) : Optional.empty();
  }

  /** What to send an attachment next. */
  public Optional<RunnerExec.Outgoing> next(long key) {
    Optional<RunnerExec.Outgoing> next = open ? streams.next(key) : Optional.empty();
    told |= next.filter(Exec::isEnding).isPresent();
    return next;
  }

  private static boolean isEnding(RunnerExec.Outgoing outgoing) {
    return outgoing instanceof RunnerExec.Frame frame && frame.response().hasEnded();
  }

  /**
   * Reads all of the output that {@link #next} named.
   *
   * @return false if it can't be read; it counts as missing then
   */
  public boolean read(RunnerExec.Data data, ByteBuffer dst) {
    try {
      dst.limit(dst.position() + data.length());
      spools.of(data.stream()).read(data.offset(), dst);
      return true;
    } catch (IOException e) {
      Log.warn("output of " + id() + " can't be read: " + e);
      life.ifPresent(
          living -> living.end(new Cause.NoRoom("output can't be read: " + e.getMessage())));
      return false;
    }
  }

  /** Ends it for somebody, then or at once if it has ended tells so. */
  public void cancel(String by, Consumer<Exec> whenEnded) {
    if (ending().isPresent()) {
      whenEnded.accept(this);
      return;
    }
    this.whenEnded.add(whenEnded);
    life.ifPresent(living -> living.end(new Cause.Cancel(by)));
  }

  /** Its life is over. */
  void ended(Ended ended) {
    life = Optional.empty();
    streams.ended(ended);
    releaseIfUnused();
    wakeAll();
    List<Consumer<Exec>> waiting = List.copyOf(whenEnded);
    whenEnded.clear();
    waiting.forEach(listener -> listener.accept(this));
  }

  /** More is known of its end than when it was lost; nobody has been told yet. */
  void explained(Ended ended) {
    streams.ended(ended);
  }

  /** Descriptors are for those who read; thousands of ended execs need none. */
  private void releaseIfUnused() {
    if (life.isEmpty() && clients.isEmpty()) {
      spools.all().forEach(Spool::release);
    }
  }

  void wakeAll() {
    if (open) {
      clients.values().forEach(Client::wake);
    }
  }

  private void writerMayHaveChanged() {
    life.ifPresent(Life::writerMayHaveChanged);
  }

  /** The protocol's view of the host. */
  private final class Host implements RunnerExec.Host {
    @Override
    public long first(Stream stream) {
      return spools.of(stream).first();
    }

    @Override
    public long end(Stream stream) {
      return spools.of(stream).end();
    }

    @Override
    public void stdin(ByteString data) {
      life.ifPresent(living -> living.stdin(data));
    }

    @Override
    public void stdinEnd() {
      life.ifPresent(Life::stdinEnd);
    }

    @Override
    public void consumed(Stream stream, long upTo) {
      spools.of(stream).consumed(upTo);
      life.ifPresent(living -> living.roomMade(stream));
    }

    @Override
    public void closeOutput(Stream stream) {
      life.ifPresent(living -> living.closeOutput(stream));
    }

    @Override
    public void signal(int number) {
      life.ifPresent(living -> living.signal(number));
    }

    @Override
    public void cancel(String by) {
      life.ifPresent(living -> living.end(new Cause.Cancel(by)));
    }

    @Override
    public void detached() {
      life.ifPresent(Life::detached);
    }

    @Override
    public void acknowledged() {
      acknowledge();
    }
  }
}
