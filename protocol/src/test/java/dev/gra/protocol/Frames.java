package dev.gra.protocol;

import com.google.protobuf.ByteString;
import dev.gra.v1.Attach;
import dev.gra.v1.Cancel;
import dev.gra.v1.CloseOutput;
import dev.gra.v1.Credit;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detach;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.EndedAck;
import dev.gra.v1.Ending;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Exited;
import dev.gra.v1.Gap;
import dev.gra.v1.Output;
import dev.gra.v1.OutputEnd;
import dev.gra.v1.Ping;
import dev.gra.v1.Signal;
import dev.gra.v1.Start;
import dev.gra.v1.Started;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinClosed;
import dev.gra.v1.StdinCredit;
import dev.gra.v1.StdinEnd;
import dev.gra.v1.Stream;

/** Frames, briefly said. */
final class Frames {
  static ExecRequest start(boolean stdin) {
    return ExecRequest.newBuilder().setStart(Start.newBuilder().setStdin(stdin)).build();
  }

  static ExecRequest attach(long stdout, long stderr, boolean writer) {
    return ExecRequest.newBuilder()
        .setAttach(Attach.newBuilder().setCursors(cursors(stdout, stderr)).setWriter(writer))
        .build();
  }

  static Cursors cursors(long stdout, long stderr) {
    return Cursors.newBuilder().setStdout(stdout).setStderr(stderr).build();
  }

  static ExecRequest stdin(long offset, ByteString data) {
    return ExecRequest.newBuilder()
        .setStdin(Stdin.newBuilder().setOffset(offset).setData(data))
        .build();
  }

  static ExecRequest stdinEnd(long offset) {
    return ExecRequest.newBuilder().setStdinEnd(StdinEnd.newBuilder().setOffset(offset)).build();
  }

  static ExecRequest credit(Stream stream, long consumed, long until) {
    return ExecRequest.newBuilder()
        .setCredit(Credit.newBuilder().setStream(stream).setConsumed(consumed).setUntil(until))
        .build();
  }

  static ExecRequest closeOutput(Stream stream) {
    return ExecRequest.newBuilder()
        .setCloseOutput(CloseOutput.newBuilder().setStream(stream))
        .build();
  }

  static ExecRequest signal(int number) {
    return ExecRequest.newBuilder().setSignal(Signal.newBuilder().setNumber(number)).build();
  }

  static ExecRequest cancel(String by) {
    return ExecRequest.newBuilder().setCancel(Cancel.newBuilder().setBy(by)).build();
  }

  static ExecRequest detach() {
    return ExecRequest.newBuilder().setDetach(Detach.getDefaultInstance()).build();
  }

  static ExecRequest endedAck() {
    return ExecRequest.newBuilder().setEndedAck(EndedAck.getDefaultInstance()).build();
  }

  static ExecRequest ping() {
    return ExecRequest.newBuilder().setPing(Ping.getDefaultInstance()).build();
  }

  static ExecResponse started(long stdinAccepted, long stdinUntil, boolean stdinClosed) {
    return ExecResponse.newBuilder()
        .setStarted(
            Started.newBuilder()
                .setStdinAccepted(stdinAccepted)
                .setStdinUntil(stdinUntil)
                .setStdinClosed(stdinClosed))
        .build();
  }

  static ExecResponse output(Stream stream, long offset, ByteString data) {
    return ExecResponse.newBuilder()
        .setOutput(Output.newBuilder().setStream(stream).setOffset(offset).setData(data))
        .build();
  }

  static ExecResponse output(Stream stream, long from, int length) {
    return output(stream, from, Content.of(stream, from, from + length));
  }

  static ExecResponse gap(Stream stream, long from, long to) {
    return ExecResponse.newBuilder()
        .setGap(Gap.newBuilder().setStream(stream).setFrom(from).setTo(to))
        .build();
  }

  static ExecResponse outputEnd(Stream stream, long offset) {
    return ExecResponse.newBuilder()
        .setOutputEnd(OutputEnd.newBuilder().setStream(stream).setOffset(offset))
        .build();
  }

  static ExecResponse stdinCredit(long consumed, long until) {
    return ExecResponse.newBuilder()
        .setStdinCredit(StdinCredit.newBuilder().setConsumed(consumed).setUntil(until))
        .build();
  }

  static ExecResponse stdinClosed(long offset) {
    return ExecResponse.newBuilder()
        .setStdinClosed(StdinClosed.newBuilder().setOffset(offset))
        .build();
  }

  static ExecResponse detached(Detached.Reason reason) {
    return ExecResponse.newBuilder().setDetached(Detached.newBuilder().setReason(reason)).build();
  }

  static ExecResponse ended(Ended ended) {
    return ExecResponse.newBuilder().setEnded(ended).build();
  }

  static Ended exited(long stdout, long stderr) {
    return Ended.newBuilder()
        .setEnding(Ending.newBuilder().setExited(Exited.getDefaultInstance()))
        .setStdout(Content.totals(Stream.STREAM_STDOUT, stdout))
        .setStderr(Content.totals(Stream.STREAM_STDERR, stderr))
        .build();
  }

  private Frames() {}
}
