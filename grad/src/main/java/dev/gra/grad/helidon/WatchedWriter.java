package dev.gra.grad.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the server sends on a connection. It tells of the streams that it ends, and gives the socket
 * whole frames: Helidon would write each in five pieces or so, and wake the client by each.
 */
final class WatchedWriter implements DataWriter {
  private final DataWriter target;
  private final OpenStreams streams;

  /** Held by whoever writes data on the connection; a fair one, or a busy stream starves others. */
  private final ReentrantLock data = new ReentrantLock(true);

  /** Frames must not mix on the socket, which takes what it is given in parts. */
  private final ReentrantLock socket = new ReentrantLock();

  private final Piece piece = new Piece();
  private volatile Thread gathering;

  WatchedWriter(DataWriter target, OpenStreams streams) {
    this.target = target;
    this.streams = streams;
  }

  /** What this thread writes from now on waits for {@link #send}. One thread at a time. */
  void gather() {
    data.lock();
    gathering = Thread.currentThread();
  }

  /** Sends what this thread gathered, in one piece. */
  void send() {
    try {
      gathering = null;
      send(piece);
    } finally {
      data.unlock();
    }
  }

  @Override
  public void write(BufferData... frames) {
    writeNow(frames);
  }

  @Override
  public void write(BufferData frame) {
    writeNow(frame);
  }

  @Override
  public void writeNow(BufferData... frames) {
    for (BufferData frame : frames) {
      writeNow(frame);
    }
  }

  @Override
  public void writeNow(BufferData frame) {
    note(frame);
    if (gathering == Thread.currentThread()) {
      piece.add(frame);
    } else {
      Piece whole = new Piece();
      whole.add(frame);
      send(whole);
    }
  }

  private void send(Piece whole) {
    if (whole.size() == 0) {
      return;
    }
    socket.lock();
    try {
      target.writeNow(whole.taken());
    } finally {
      socket.unlock();
    }
  }

  @Override
  public void flush() {
    target.flush();
  }

  @Override
  public void close() {
    target.close();
  }

  /** Helidon writes frame by frame. */
  private void note(BufferData frame) {
    FrameHeader header = FrameHeader.of(frame::get);
    if (header.endsStream()) {
      streams.endedByServer(header.stream());
    } else if (header.type() == FrameHeader.RST_STREAM) {
      streams.resetByServer(header.stream());
    }
  }

  /** Bytes of frames, gathered. */
  private static final class Piece extends ByteArrayOutputStream {
    Piece() {
      super(FrameHeader.BYTES + 64);
    }

    void add(BufferData frame) {
      frame.writeTo(this);
    }

    /** The bytes, good until the next are added. */
    BufferData taken() {
      BufferData bytes = BufferData.createReadOnly(buf, 0, count);
      reset();
      return bytes;
    }
  }
}
