package dev.gra.grad.exec;

/** The server is going down and takes no more calls. */
public final class DrainingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DrainingException() {
    super("the server is going down");
  }
}
