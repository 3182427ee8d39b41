package dev.gra.grad.link;

import dev.gra.link.v1.Close;
import dev.gra.link.v1.LinkRequest;
import dev.gra.v1.ExecRequest;

/** One attachment's way to its runner. No method blocks. */
public final class Channel {
  private final Link link;
  private final long number;
  private final ChannelQueue queue = new ChannelQueue();

  Channel(Link link, long number) {
    this.link = link;
    this.number = number;
  }

  /**
   * Passes a client's frame on.
   *
   * @throws LinkException Overflow if the client sends frames faster than they can be written
   */
  public void send(ExecRequest request) {
    send(LinkRequest.newBuilder().setExec(request));
  }

  /** The client is gone, or has all it wants. Nothing more comes. */
  public void close() {
    if (link.forget(number)) {
      send(LinkRequest.newBuilder().setClose(Close.getDefaultInstance()));
    }
  }

  void send(LinkRequest.Builder frame) {
    if (!link.outbox().put(queue, frame.setChannel(number).build())) {
      throw new LinkFailure.Overflow("too many frames wait for the runner").exception();
    }
  }
}
