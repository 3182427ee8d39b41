package dev.gra.grad.exec;

import dev.gra.v1.ExecResponse;
import java.time.Instant;

/** The client's end of an attachment. No method blocks. */
public interface ExecClient {
  /** Says something to the client; false if too much waits to be said. */
  boolean send(ExecResponse response);

  /** A link to the runner had to be opened first, which began then and is over. */
  void linkOpened(Instant begun);

  /** Ends the call well, after all that was said. */
  void finish();

  /** Ends the call by a failure. */
  void fail(RuntimeException failure);
}
