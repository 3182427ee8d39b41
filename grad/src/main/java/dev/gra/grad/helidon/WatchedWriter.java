package dev.gra.grad.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

/** What the server sends, which tells of the streams that it ends. */
final class WatchedWriter implements DataWriter {
  private final DataWriter target;
  private final OpenStreams streams;

  WatchedWriter(DataWriter target, OpenStreams streams) {
    this.target = target;
    this.streams = streams;
  }

  @Override
  public void write(BufferData... frames) {
    for (BufferData frame : frames) {
      note(frame);
    }
    target.write(frames);
  }

  @Override
  public void write(BufferData frame) {
    note(frame);
    target.write(frame);
  }

  @Override
  public void writeNow(BufferData... frames) {
    for (BufferData frame : frames) {
      note(frame);
    }
    target.writeNow(frames);
  }

  @Override
  public void writeNow(BufferData frame) {
    note(frame);
    target.writeNow(frame);
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
}
