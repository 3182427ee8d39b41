package dev.gra.protocol;

import dev.gra.v1.Credit;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Started;
import dev.gra.v1.StdinClosed;
import dev.gra.v1.StdinCredit;
import dev.gra.v1.Stream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The runner's side of one exec: its attachments, which of them is the writer, what each may be
 * sent next, what was accepted of stdin, and its ending. The host owns process and spools; it
 * passes frames in, tells what happened, and asks each attachment for its next frame.
 *
 * <p>An attachment is known by its key, which the host never uses twice. Frames of a key that is
 * gone are ignored: its client may not know yet.
 */
public final class RunnerExec {
  /** What the host does for the exec. Called from within {@link #receive} and {@link #attach}. */
  public interface Host {
    /** The oldest offset of the stream that is still there. */
    long first(Stream stream);

    /** The end of the stream so far. */
    long end(Stream stream);

    /**
     * New bytes for the command's stdin; the host answers later by {@link
     * RunnerExec#stdinConsumed}.
     */
    void stdin(com.google.protobuf.ByteString data);

    /** No more stdin will come: the host closes the pipe after the bytes before it. */
    void stdinEnd();

    /** The writer has consumed the stream up to here: the spool may make room. */
    void consumed(Stream stream, long upTo);

    /** The writer wants no more of the stream. */
    void closeOutput(Stream stream);

    /** The writer sends the command a signal, 1 to 64. */
    void signal(int number);

    /** The writer cancels the command. */
    void cancel(String by);

    /** The writer leaves and lets the exec run. */
    void detached();

    /** A client has the ending. */
    void acknowledged();
  }

  /** What to send on an attachment. */
  public sealed interface Outgoing {}

  /** A frame as it is. */
  public record Frame(ExecResponse response) implements Outgoing {}

  /** Bytes that the host reads from the stream's spool and sends as an Output frame. */
  public record Data(Stream stream, long offset, int length) implements Outgoing {}

  private static final long NO_WRITER = -1;

  private final String execId;
  private final Host host;
  private final StdinReceiver stdin;
  private final Map<Long, Attachment> attachments = new LinkedHashMap<>();
  private final boolean[] outputClosed = new boolean[2];
  private final boolean[] outputEnded = new boolean[2];
  private long writer = NO_WRITER;
  private long writerEpoch;
  private long creditedStdin;
  private Ended ended;

  /**
   * @param stdinWindow how much stdin is taken beyond what the command has consumed, at most {@link
   *     Limits#STDIN_WINDOW_BYTES}; 0 if no client feeds it
   */
  public RunnerExec(String execId, long stdinWindow, Host host) {
    this.execId = execId;
    this.host = host;
    this.stdin = new StdinReceiver(stdinWindow);
  }

  /**
   * Adds an attachment. A writer supersedes the writer that is there, which is told; one that comes
   * back after a cut and finds that another took over meanwhile is told so itself.
   *
   * @throws ProtocolException if a cursor is beyond the stream's end
   */
  public void attach(long key, Joining joining) {
    for (Stream stream : Streams.ALL) {
      long cursor = Streams.cursor(joining.cursors(), stream);
      // What is left of a lost runner's output may end before what a client has of it.
      boolean known = cursor <= host.end(stream) || (ended != null && ended.getPartial());
      if (cursor < 0 || !known) {
        throw new ProtocolException(
            "cursor " + cursor + " of " + stream + " is not in 0.." + host.end(stream));
      }
    }
    Attachment attachment = new Attachment(joining);
    if (attachments.putIfAbsent(key, attachment) != null) {
      throw new ProtocolException("attached already");
    }
    if (joining.writer() && wasSuperseded(joining.writerEpoch())) {
      attachment.startedDue = false;
      attachment.detachDue = Detached.Reason.REASON_SUPERSEDED;
    } else if (joining.writer()) {
      if (joining.writerEpoch() == 0) {
        writerEpoch++;
      }
      Attachment superseded = attachments.get(writer);
      // Ended is the last frame, and its EndedAck still counts.
      if (superseded != null && !superseded.endedSent) {
        superseded.detachDue = Detached.Reason.REASON_SUPERSEDED;
      }
      writer = key;
    }
  }

  /**
   * A client's frame.
   *
   * @throws ProtocolException if it can't be; the host ends the attachment
   * @throws CreditExceededException if stdin exceeds its credit; the host ends the attachment
   * @throws NotTheWriterException if only the writer may send it; the host ends the attachment
   */
  public void receive(long key, ExecRequest request) {
    Attachment attachment = attachments.get(key);
    if (attachment == null || attachment.detachDue != null) {
      return;
    }
    // Anything but the acknowledgement crossed Ended on its way, and is too late.
    if (attachment.endedSent && !request.hasEndedAck()) {
      return;
    }
    switch (request.getFrameCase()) {
      case CREDIT -> credit(key, attachment, request.getCredit());
      case STDIN -> {
        requireWriter(key, "stdin");
        var fresh = stdin.accept(request.getStdin().getOffset(), request.getStdin().getData());
        if (!fresh.isEmpty()) {
          host.stdin(fresh);
        }
      }
      case STDIN_END -> {
        requireWriter(key, "the end of stdin");
        if (stdin.end(request.getStdinEnd().getOffset())) {
          host.stdinEnd();
        }
      }
      case CLOSE_OUTPUT -> {
        requireWriter(key, "closing an output");
        closeOutput(attachment, request.getCloseOutput().getStream());
      }
      case SIGNAL -> {
        requireWriter(key, "a signal");
        int number = request.getSignal().getNumber();
        if (number < 1 || number > 64) {
          throw new ProtocolException("signal " + number + " is not in 1..64");
        }
        if (ended == null) {
          host.signal(number);
        }
      }
      case CANCEL -> {
        requireWriter(key, "cancelling");
        String by = request.getCancel().getBy();
        if (by.codePointCount(0, by.length()) > Limits.CANCEL_BY_CHARACTERS) {
          throw new ProtocolException(
              "cancelled by more than " + Limits.CANCEL_BY_CHARACTERS + " characters");
        }
        if (ended == null) {
          host.cancel(by);
        }
      }
      case DETACH -> {
        attachment.detachDue = Detached.Reason.REASON_REQUESTED;
        if (key == writer) {
          writer = NO_WRITER;
          host.detached();
        }
      }
      case ENDED_ACK -> {
        if (ended == null) {
          throw new ProtocolException("acknowledged an ending that isn't there");
        }
        host.acknowledged();
      }
      case PING -> {}
      case START, ATTACH -> throw new ProtocolException("only the first frame starts or attaches");
      case FRAME_NOT_SET -> throw new ProtocolException("unknown frame");
    }
  }

  /**
   * The client of this attachment is gone, or was told Ended and has nothing more to say. Not an
   * ending.
   */
  public void close(long key) {
    attachments.remove(key);
    if (writer == key) {
      writer = NO_WRITER;
    }
  }

  /** The command's pipe has taken stdin up to this offset. */
  public void stdinConsumed(long upTo) {
    stdin.consumed(upTo);
    // Told in quarters of the window, and at once when the sender has nothing left to go on with.
    if (upTo - creditedStdin >= stdin.window() / 4 || upTo == stdin.accepted()) {
      Attachment attachment = attachments.get(writer);
      if (attachment != null && stdin.takesMore()) {
        attachment.stdinCreditDue = true;
      }
    }
  }

  /** The command takes no more stdin: it closed it or ended. */
  public void stdinClosed() {
    if (stdin.takesMore()) {
      Attachment attachment = attachments.get(writer);
      if (attachment != null) {
        attachment.stdinClosedDue = true;
      }
    }
    stdin.close();
  }

  /** The command goes on without this stream: all that came of it is in its spool. */
  public void outputEnded(Stream stream) {
    outputEnded[Streams.index(stream)] = true;
  }

  /** The command has ended, all output is in the spools; again only if nobody can know yet. */
  public void ended(Ended ending) {
    if (ended != null && !attachments.isEmpty()) {
      throw new IllegalStateException("ended twice");
    }
    stdinClosed();
    ended = ending;
  }

  /** What is known of the end, if it has ended. */
  public Optional<Ended> ending() {
    return Optional.ofNullable(ended);
  }

  /**
   * The next frame for an attachment but output and Ended, to be sent before output of any exec.
   */
  public Optional<ExecResponse> nextControl(long key) {
    Attachment attachment = attachments.get(key);
    return Optional.ofNullable(attachment).map(known -> control(key, known));
  }

  /**
   * The next frame for an attachment, if any: control first, then output by turns of the streams
   * and their ends, then Ended. After Detached the attachment is gone.
   */
  public Optional<Outgoing> next(long key) {
    Attachment attachment = attachments.get(key);
    if (attachment == null) {
      return Optional.empty();
    }
    ExecResponse control = control(key, attachment);
    if (control != null) {
      return Optional.of(new Frame(control));
    }
    return Optional.ofNullable(attachment.output(host, outputEnded, ended));
  }

  /** True while a writer is attached. */
  public boolean hasWriter() {
    return writer != NO_WRITER;
  }

  /** True if it is there. */
  public boolean attached(long key) {
    return attachments.containsKey(key);
  }

  /** Attachments in all. */
  public int attachments() {
    return attachments.size();
  }

  /** True if the command has a stdin whose end was not accepted and which it hasn't closed. */
  public boolean stdinUnfinished() {
    return stdin.takesMore();
  }

  /** Once it has ended there is nothing to fight over: whoever comes is told the ending. */
  private boolean wasSuperseded(long epoch) {
    return ended == null && epoch != 0 && epoch != writerEpoch;
  }

  private void credit(long key, Attachment attachment, Credit credit) {
    OutputSender output = attachment.outputs[Streams.index(credit.getStream())];
    output.credit(credit.getConsumed(), credit.getUntil());
    if (key == writer) {
      host.consumed(credit.getStream(), output.consumed());
    }
  }

  private void closeOutput(Attachment attachment, Stream stream) {
    int index = Streams.index(stream);
    attachment.outputs[index].close();
    if (!outputClosed[index] && ended == null) {
      outputClosed[index] = true;
      host.closeOutput(stream);
    }
  }

  private void requireWriter(long key, String what) {
    if (key != writer) {
      throw new NotTheWriterException(what + " is the writer's");
    }
  }

  private ExecResponse control(long key, Attachment attachment) {
    if (attachment.startedDue) {
      attachment.startedDue = false;
      attachment.stdinCreditDue = false;
      attachment.stdinClosedDue = false;
      if (key == writer) {
        creditedStdin = stdin.consumed();
      }
      return ExecResponse.newBuilder().setStarted(started(key, attachment)).build();
    }
    if (attachment.detachDue != null) {
      Detached detached = Detached.newBuilder().setReason(attachment.detachDue).build();
      close(key);
      return ExecResponse.newBuilder().setDetached(detached).build();
    }
    if (attachment.stdinClosedDue) {
      attachment.stdinClosedDue = false;
      return ExecResponse.newBuilder()
          .setStdinClosed(StdinClosed.newBuilder().setOffset(stdin.consumed()))
          .build();
    }
    if (attachment.stdinCreditDue) {
      attachment.stdinCreditDue = false;
      creditedStdin = stdin.consumed();
      return ExecResponse.newBuilder()
          .setStdinCredit(
              StdinCredit.newBuilder().setConsumed(stdin.consumed()).setUntil(stdin.until()))
          .build();
    }
    return null;
  }

  private Started started(long key, Attachment attachment) {
    return Started.newBuilder()
        .setExecId(execId)
        .setResumed(attachment.joining.resumed())
        .setOutputEnds(attachment.joining.outputEnds())
        .setWriterEpoch(key == writer ? writerEpoch : 0)
        .setStdinAccepted(stdin.accepted())
        .setStdinUntil(stdin.takesMore() ? stdin.until() : stdin.accepted())
        .setStdinClosed(!stdin.takesMore())
        .setFirstAvailable(
            Cursors.newBuilder()
                .setStdout(host.first(Stream.STREAM_STDOUT))
                .setStderr(host.first(Stream.STREAM_STDERR)))
        .build();
  }
}
