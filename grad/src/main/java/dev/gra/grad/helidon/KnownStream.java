package dev.gra.grad.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.http2.Http2FrameHeader;
import io.helidon.http.http2.Http2FrameTypes;
import io.helidon.http.http2.Http2RstStream;
import io.helidon.http.http2.Http2StreamState;
import io.helidon.http.http2.Http2WindowUpdate;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector.SubProtocolHandler;

/**
 * A stream that Helidon knows until its client has ended or reset it. Of a call that is refused at
 * its start, before a message was read, Helidon calls the stream closed and forgets it; the message
 * or reset that still comes would end the connection.
 */
final class KnownStream implements SubProtocolHandler {
  private final SubProtocolHandler target;
  private volatile boolean clientOver;

  KnownStream(SubProtocolHandler target, Http2StreamState now) {
    this.target = target;
    this.clientOver = now == Http2StreamState.HALF_CLOSED_REMOTE || now == Http2StreamState.CLOSED;
  }

  @Override
  public void init() {
    target.init();
  }

  @Override
  public Http2StreamState streamState() {
    Http2StreamState state = target.streamState();
    return state == Http2StreamState.CLOSED && !clientOver
        ? Http2StreamState.HALF_CLOSED_LOCAL
        : state;
  }

  @Override
  public void rstStream(Http2RstStream reset) {
    clientOver = true;
    target.rstStream(reset);
  }

  @Override
  public void windowUpdate(Http2WindowUpdate update) {
    target.windowUpdate(update);
  }

  @Override
  public void data(Http2FrameHeader header, BufferData data) {
    if (header.flags(Http2FrameTypes.DATA).endOfStream()) {
      clientOver = true;
    }
    target.data(header, data);
  }
}
