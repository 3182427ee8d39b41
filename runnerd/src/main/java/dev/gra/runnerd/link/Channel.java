package dev.gra.runnerd.link;

import dev.gra.link.v1.LinkError;
import dev.gra.runnerd.exec.Client;
import dev.gra.runnerd.exec.Exec;

/** An attachment's place on a link. */
final class Channel implements Client {
  private final long number;
  private final Connection connection;
  private Exec exec;
  private long key;
  private boolean over;
  boolean controlDue;
  boolean outputDue;

  Channel(long number, Connection connection) {
    this.number = number;
    this.connection = connection;
  }

  /** Tells to what it is attached, right after it was. */
  void attached(Exec to, long withKey) {
    exec = to;
    key = withKey;
  }

  long number() {
    return number;
  }

  Exec exec() {
    return exec;
  }

  long key() {
    return key;
  }

  /** Whether nothing is to be sent on it any more. */
  boolean isOver() {
    return over;
  }

  /** Leaves the exec. */
  void close() {
    over = true;
    if (exec != null) {
      exec.close(key);
    }
  }

  @Override
  public void wake() {
    if (!over) {
      connection.wake(this);
    }
  }

  @Override
  public void failed(LinkError error) {
    over = true;
    connection.failed(this, error);
  }
}
