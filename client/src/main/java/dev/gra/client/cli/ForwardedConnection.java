package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecListener;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RemoteExec;
import dev.gra.client.TraceParent;
import dev.gra.v1.Ended;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * One connection to a forwarded port: what comes here is the stdin of a socat in the runner, and
 * its stdout goes back, each to its own end. What either side doesn't take stops the other by the
 * exec's credits.
 */
final class ForwardedConnection implements OutputSink, ExecListener {
  /** How it ended, for whom it matters. */
  sealed interface Result {
    /** As connections do, well or by a reset, which is passed on. */
    record Over() implements Result {}

    /** The port couldn't be reached; the next connection may fare better. */
    record Trouble(GraException why) implements Result {}

    /** The runner is gone, and its port with it. */
    record RunnerGone(GraException why) implements Result {}
  }

  private static final Result OVER = new Result.Over();
  private static final long WINDOW_BYTES = 256 << 10;

  /** An exec whose writer is away for 10 s has ended. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SocketChannel local;
  private final ForwardTarget target;
  private final RemoteExec exec;
  private final SocatWords words = new SocatWords();
  private volatile boolean localGone;
  private volatile boolean endsAreTold;
  private boolean outputOver;

  ForwardedConnection(
      GraClient client, SocketChannel local, ForwardTarget target, TraceParent trace) {
    this.local = local;
    this.target = target;
    this.exec =
        client.exec(
            target.connection(),
            ExecOptions.to(this)
                .stdin(new LocalInput())
                .listener(this)
                .trace(trace)
                .window(WINDOW_BYTES)
                .giveUpAfter(PATIENCE));
  }

  /** Passes bytes on until it is over. */
  Result run() throws InterruptedException {
    try (local) {
      local.setOption(StandardSocketOptions.TCP_NODELAY, true);
      // A connection that breaks is told by a reset: an end would say that these are all its bytes.
      local.setOption(StandardSocketOptions.SO_LINGER, 0);
      return switch (exec.run()) {
        case ExecOutcome.Finished finished -> finished(finished.ended());
        case ExecOutcome.Left _ -> OVER; // Somebody else took over its exec, by its id.
      };
    } catch (GraException e) {
      return failed(e);
    } catch (IOException e) {
      // The local program has gone: it is nobody's trouble.
      return OVER;
    }
  }

  /** Ends it at once, as a reset; {@link #run} returns. */
  void end() {
    exec.cancel("gractl forward ended");
    try {
      local.close();
    } catch (IOException e) {
      // Gone either way: only that matters.
      localGone = true;
    }
  }

  private Result finished(Ended ended) throws IOException {
    var ending = ended.getEnding();
    if (ending.hasRunnerLost()) {
      return new Result.RunnerGone(gone(null));
    }
    if (ending.hasExited() && ending.getExited().getCode() == 0 && !words.broken()) {
      local.setOption(StandardSocketOptions.SO_LINGER, -1);
      local.shutdownOutput();
      return OVER;
    }
    Optional<String> why = words.noConnection();
    if (why.isPresent()) {
      return new Result.Trouble(unreachable(why.get()));
    }
    // Of an exit code the reset says enough: the port's side broke off, or ours did.
    return ending.hasExited() || ending.hasCancelled() || localGone
        ? OVER
        : new Result.Trouble(
            GraException.of(
                "FORWARD_FAILED",
                "a connection to " + target + ": its socat " + Endings.describe(ending),
                null));
  }

  private Result failed(GraException failure) {
    return switch (failure.reason()) {
      case "RUNNER_NOT_FOUND" -> new Result.RunnerGone(gone(failure));
      case "STDIN_LOST" -> OVER; // The local program reset its connection.
      default ->
          new Result.Trouble(
              GraException.of(
                  failure.reason(),
                  "a connection to " + target + ": " + failure.getMessage(),
                  failure.hint().orElse(null),
                  failure));
    };
  }

  private GraException unreachable(String why) {
    return GraException.of(
        "PORT_UNREACHABLE",
        "nothing answers on " + target + " (" + why + ")",
        "gractl exec --runner " + target.runner() + " --detach -- PROGRAM, listening there");
  }

  private GraException gone(GraException cause) {
    return GraException.of(
        "RUNNER_NOT_FOUND",
        "runner "
            + target.runner()
            + " is gone, and with it what listened on port "
            + target.port(),
        "gractl forward " + target.runner() + " " + target.port() + " when it is there again",
        cause);
  }

  @Override
  public void write(Stream stream, long offset, ByteString data) throws IOException {
    if (stream == Stream.STREAM_STDERR) {
      words.heard(data);
      portMayHaveEnded();
      return;
    }
    try {
      for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
        while (part.hasRemaining()) {
          local.write(part);
        }
      }
    } catch (IOException e) {
      localGone = true;
      throw e;
    }
  }

  @Override
  public void started(Started started) {
    endsAreTold = started.getOutputEnds();
  }

  @Override
  public void end(Stream stream, long offset) throws IOException {
    outputOver |= stream == Stream.STREAM_STDOUT;
    portMayHaveEnded();
  }

  /**
   * All bytes of the port's side are here when its stdout is over; whether an end or a break came
   * after them is in the words, up to those of its end.
   */
  private void portMayHaveEnded() throws IOException {
    if (!words.remoteEnded() || (endsAreTold && !outputOver)) {
      return;
    }
    if (endsAreTold && !words.broken()) {
      local.shutdownOutput(); // It may still read.
    } else {
      // Nobody hears what would still be sent, or an older runner doesn't say when all has come:
      // without this, socat would wait for our end.
      local.shutdownInput();
    }
  }

  /** The local program's bytes. Closing it leaves the other direction open. */
  private final class LocalInput implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      return local.read(target);
    }

    @Override
    public boolean isOpen() {
      return local.isOpen();
    }

    @Override
    public void close() throws IOException {
      local.shutdownInput();
    }
  }
}
