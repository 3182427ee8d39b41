package dev.gra.protocol;

import dev.gra.v1.Credit;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.OutputEnd;
import dev.gra.v1.Stream;
import java.util.Optional;

/**
 * The server's side of one attachment: passes frames between a client and a runner, trusts neither,
 * and keeps the bytes under way below a window of its own whatever the client allows.
 */
public final class Relay {
  /** What keeps a runner from sending more of a stream. */
  public enum Hold {
    /** Nothing. */
    NONE,
    /** The client gave no more credit. */
    CLIENT,
    /** The client did, but what it was sent already fills the server's window. */
    WINDOW
  }

  private static final class Output {
    long received;
    long forwarded;
    long consumed;
    long wanted;
    long granted;
    boolean ended;
  }

  private final Output[] outputs = {new Output(), new Output()};
  private long stdinSent;
  private long stdinUntil;
  private boolean started;
  private boolean over;

  /**
   * @param cursors where the client wants each stream to begin
   */
  public Relay(Cursors cursors) {
    for (Stream stream : Streams.ALL) {
      Output output = outputs[Streams.index(stream)];
      long cursor = Streams.cursor(cursors, stream);
      if (cursor < 0 || cursor > Limits.MAX_OFFSET) {
        throw new ProtocolException("cursor " + cursor + " can't be");
      }
      output.received = cursor;
      output.forwarded = cursor;
      output.granted = cursor;
      output.wanted = cursor;
    }
  }

  /**
   * Checks a client's frame and answers what to pass on, if anything. Start and Attach are not for
   * this method.
   *
   * @param window how many bytes of each stream may be under way here now
   * @throws ProtocolException or {@link CreditExceededException} if it can't be; the host ends the
   *     call
   */
  public Optional<ExecRequest> fromClient(ExecRequest request, long window) {
    return switch (request.getFrameCase()) {
      case CREDIT -> clientCredit(request.getCredit(), window);
      case STDIN -> {
        var frame = request.getStdin();
        if (frame.getData().size() > Limits.CHUNK_BYTES) {
          throw new ProtocolException("stdin frame of " + frame.getData().size() + " bytes");
        }
        long end = frame.getOffset() + frame.getData().size();
        if (frame.getOffset() < 0 || frame.getOffset() > stdinSent) {
          throw new ProtocolException("stdin jumps from " + stdinSent + " to " + frame.getOffset());
        }
        if (end > stdinUntil) {
          throw new CreditExceededException(
              "stdin sent up to " + end + " beyond its credit of " + stdinUntil);
        }
        stdinSent = Math.max(stdinSent, end);
        yield Optional.of(request);
      }
      case PING -> Optional.empty();
      case STDIN_END, CLOSE_OUTPUT, SIGNAL, CANCEL, DETACH, ENDED_ACK -> Optional.of(request);
      case START, ATTACH -> throw new ProtocolException("only the first frame starts or attaches");
      case FRAME_NOT_SET -> throw new ProtocolException("unknown frame");
    };
  }

  /**
   * Checks a runner's frame. Ping is not passed on to clients: the server gives its own.
   *
   * @throws ProtocolException or {@link CreditExceededException} if it can't be; the host ends the
   *     link
   */
  public void fromRunner(ExecResponse response) {
    if (over) {
      throw new ProtocolException("a frame after the last");
    }
    switch (response.getFrameCase()) {
      case STARTED -> {
        if (started) {
          throw new ProtocolException("started twice");
        }
        stdin(response.getStarted().getStdinAccepted(), response.getStarted().getStdinUntil());
        started = true;
        stdinSent = response.getStarted().getStdinAccepted();
      }
      case OUTPUT -> {
        var frame = response.getOutput();
        output(frame.getStream(), frame.getOffset(), frame.getData().size());
      }
      case GAP -> {
        var frame = response.getGap();
        Output output = outputs[Streams.index(frame.getStream())];
        requireStarted();
        requireGoingOn(output);
        if (frame.getFrom() != output.received
            || frame.getTo() <= frame.getFrom()
            || frame.getTo() > Limits.MAX_OFFSET) {
          throw new ProtocolException(
              "gap " + frame.getFrom() + ".." + frame.getTo() + " at " + output.received);
        }
        if (frame.getFrom() >= output.granted) {
          throw new CreditExceededException("gap beyond the credit of " + output.granted);
        }
        output.received = frame.getTo();
      }
      case OUTPUT_END -> outputEnd(response.getOutputEnd());
      case STDIN_CREDIT -> {
        requireStarted();
        if (response.getStdinCredit().getConsumed() > stdinSent) {
          throw new ProtocolException("stdin consumed beyond what was sent");
        }
        stdin(response.getStdinCredit().getConsumed(), response.getStdinCredit().getUntil());
      }
      case STDIN_CLOSED -> requireStarted();
      case ENDED, DETACHED -> over = true;
      case PING -> {}
      case FRAME_NOT_SET -> throw new ProtocolException("unknown frame");
    }
  }

  /**
   * The host has written the stream's bytes up to {@code upTo} to the client (or told it the gap).
   * Answers a credit for the runner if it is worth one.
   */
  public Optional<ExecRequest> forwarded(Stream stream, long upTo, long window) {
    Output output = outputs[Streams.index(stream)];
    if (upTo > output.received) {
      throw new IllegalArgumentException("forwarded " + upTo + " of " + output.received);
    }
    output.forwarded = Math.max(output.forwarded, upTo);
    long grant = grant(output, window);
    boolean worth =
        grant - output.granted >= window / 4 || (grant == output.wanted && grant > output.granted);
    return worth ? Optional.of(pass(stream, output, grant)) : Optional.empty();
  }

  /** Bytes of all streams that were received from the runner and not yet forwarded. */
  public long underWay() {
    return outputs[0].received - outputs[0].forwarded + outputs[1].received - outputs[1].forwarded;
  }

  /** What keeps the runner from sending more of the stream now. */
  public Hold hold(Stream stream) {
    Output output = outputs[Streams.index(stream)];
    if (output.received < output.granted) {
      return Hold.NONE;
    }
    return output.wanted > output.granted ? Hold.WINDOW : Hold.CLIENT;
  }

  private Optional<ExecRequest> clientCredit(Credit credit, long window) {
    Output output = outputs[Streams.index(credit.getStream())];
    if (credit.getConsumed() > output.received) {
      throw new ProtocolException(
          "consumed " + credit.getConsumed() + " of " + output.received + " bytes sent");
    }
    if (credit.getUntil() > credit.getConsumed() + Limits.MAX_WINDOW_BYTES) {
      throw new ProtocolException(
          "credit until "
              + credit.getUntil()
              + " is too far beyond consumed "
              + credit.getConsumed());
    }
    output.consumed = Math.max(output.consumed, credit.getConsumed());
    output.wanted = Math.max(output.wanted, credit.getUntil());
    return Optional.of(pass(credit.getStream(), output, grant(output, window)));
  }

  private static long grant(Output output, long window) {
    return Math.max(output.granted, Math.min(output.wanted, output.forwarded + window));
  }

  private static ExecRequest pass(Stream stream, Output output, long grant) {
    output.granted = grant;
    return ExecRequest.newBuilder()
        .setCredit(
            Credit.newBuilder().setStream(stream).setConsumed(output.consumed).setUntil(grant))
        .build();
  }

  private void output(Stream stream, long offset, int length) {
    Output output = outputs[Streams.index(stream)];
    requireStarted();
    requireGoingOn(output);
    if (length == 0 || length > Limits.CHUNK_BYTES) {
      throw new ProtocolException("output frame of " + length + " bytes");
    }
    if (offset != output.received) {
      throw new ProtocolException(stream + " jumps from " + output.received + " to " + offset);
    }
    if (offset + length > output.granted) {
      throw new CreditExceededException(stream + " sent beyond its credit of " + output.granted);
    }
    output.received += length;
  }

  private void outputEnd(OutputEnd end) {
    Output output = outputs[Streams.index(end.getStream())];
    requireStarted();
    requireGoingOn(output);
    if (end.getOffset() != output.received) {
      throw new ProtocolException(
          end.getStream() + " ends at " + end.getOffset() + ", not at " + output.received);
    }
    output.ended = true;
  }

  private void stdin(long from, long until) {
    if (from < 0
        || from > Limits.MAX_OFFSET
        || until < from
        || until > from + Limits.STDIN_WINDOW_BYTES) {
      throw new ProtocolException("stdin credit until " + until + " beyond " + from);
    }
    stdinUntil = Math.max(stdinUntil, until);
  }

  private static void requireGoingOn(Output output) {
    if (output.ended) {
      throw new ProtocolException("output after its end at " + output.received);
    }
  }

  private void requireStarted() {
    if (!started) {
      throw new ProtocolException("a frame before Started");
    }
  }
}
