package dev.gra.client;

import com.google.protobuf.ByteString;
import dev.gra.v1.Cancelled;
import dev.gra.v1.Cursors;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.Exec;
import dev.gra.v1.ExecState;
import dev.gra.v1.Exited;
import dev.gra.v1.Stream;
import dev.gra.v1.StreamTotals;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** An exec that has all of its output from the start, and ends when all is taken. */
public final class FakeExec {
  public final ByteString stdout;
  public final ByteString stderr;
  public final List<Integer> signals = new ArrayList<>();
  public final List<Stream> closed = new ArrayList<>();
  public ByteString stdin = ByteString.EMPTY;
  public boolean wantsStdin;
  public boolean endless;
  public volatile boolean acknowledged;
  public boolean lyingChecksum;
  public int strays;
  private Ending ending;

  private FakeExec(ByteString stdout, ByteString stderr, Ending ending) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.ending = ending;
  }

  public static FakeExec printing(String stdout, String stderr) {
    return new FakeExec(
        ByteString.copyFrom(stdout, StandardCharsets.UTF_8),
        ByteString.copyFrom(stderr, StandardCharsets.UTF_8),
        exited(0));
  }

  public static FakeExec printing(byte[] stdout) {
    return new FakeExec(ByteString.copyFrom(stdout), ByteString.EMPTY, exited(0));
  }

  /** One that reads its stdin to the end. */
  public static FakeExec reading() {
    FakeExec exec = printing("", "");
    exec.wantsStdin = true;
    return exec;
  }

  /** One that never ends by itself. */
  public static FakeExec endless(String stdout) {
    FakeExec exec = printing(stdout, "");
    exec.endless = true;
    return exec;
  }

  public static Ending exited(int code) {
    return Ending.newBuilder().setExited(Exited.newBuilder().setCode(code)).build();
  }

  public FakeExec ending(Ending how) {
    ending = how;
    return this;
  }

  public synchronized void cancel(String by) {
    ending = Ending.newBuilder().setCancelled(Cancelled.newBuilder().setBy(by)).build();
    endless = false;
    wantsStdin = false;
  }

  ByteString of(Stream stream) {
    return stream == Stream.STREAM_STDOUT ? stdout : stderr;
  }

  Ended ended() {
    return Ended.newBuilder()
        .setEnding(ending)
        .setStdout(totals(stdout))
        .setStderr(totals(stderr))
        .setStdin(totals(stdin))
        .setStraysKilled(strays)
        .build();
  }

  Exec look(String id) {
    return Exec.newBuilder()
        .setExecId(id)
        .setState(ExecState.EXEC_STATE_RUNNING)
        .setEnd(Cursors.newBuilder().setStdout(stdout.size()).setStderr(stderr.size()))
        .build();
  }

  private StreamTotals totals(ByteString bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asReadOnlyByteBuffer());
    int value = (int) crc.getValue() + (lyingChecksum ? 1 : 0);
    return StreamTotals.newBuilder().setBytes(bytes.size()).setCrc32C(value).build();
  }
}
