package dev.gra.grad.link;

import dev.gra.v1.ExecResponse;

/**
 * What comes on a channel, told on the link's reader thread: no method may block. An exception from
 * {@link #frame} means that runnerd broke the protocol, and ends the link.
 */
public interface ChannelListener {
  /** The channel is there, and the opening frame about to be sent on it. Told before all else. */
  default void opened(Channel channel) {}

  /** A frame for the client. */
  void frame(ExecResponse response);

  /** Nothing more comes: runnerd refused, or the link broke. */
  void failed(LinkFailure failure);
}
