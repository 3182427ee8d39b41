package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.OutputSink;
import dev.gra.client.RemoteExec;
import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.Exec;
import dev.gra.v1.Stream;
import java.io.IOException;

/** Prints what an exec has put out, as an observer: the command never waits for it. */
public final class ExecLogs {
  private final Session session;

  /** For one run. */
  public ExecLogs(Session session) {
    this.session = session;
  }

  /**
   * Prints it.
   *
   * @param follow until it ends; else as much as there is now
   */
  public int print(String runner, String execId, boolean follow) throws InterruptedException {
    Exec exec = session.client().execs().get(runner, execId);
    boolean toItsEnd = follow || exec.hasEnded();
    if (!toItsEnd && reached(exec.getFirstAvailable(), exec.getEnd())) {
      return 0;
    }
    Attach attach =
        Attach.newBuilder()
            .setExecId(execId)
            .setRunner(runner)
            .setRunnerUid(exec.getRunnerUid())
            .build();
    Until sink = new Until(new ProcessOutput(session.messages()), exec.getEnd(), toItsEnd);
    RemoteExec remote = session.client().attach(attach, ExecOptions.to(sink));
    sink.remote = remote;
    remote.run();
    return 0;
  }

  private static boolean reached(Cursors at, Cursors end) {
    return at.getStdout() >= end.getStdout() && at.getStderr() >= end.getStderr();
  }

  private static final class Until implements OutputSink {
    private final OutputSink target;
    private final Cursors end;
    private final boolean toItsEnd;
    private final Cursors.Builder at = Cursors.newBuilder();
    private volatile RemoteExec remote;

    Until(OutputSink target, Cursors end, boolean toItsEnd) {
      this.target = target;
      this.end = end;
      this.toItsEnd = toItsEnd;
    }

    @Override
    public void write(Stream stream, long offset, ByteString data) throws IOException {
      target.write(stream, offset, data);
      passed(stream, offset + data.size());
    }

    @Override
    public void gap(Stream stream, long from, long to) {
      target.gap(stream, from, to);
      passed(stream, to);
    }

    private void passed(Stream stream, long offset) {
      if (stream == Stream.STREAM_STDOUT) {
        at.setStdout(offset);
      } else {
        at.setStderr(offset);
      }
      if (!toItsEnd && reached(at.build(), end)) {
        remote.leave();
      }
    }
  }
}
