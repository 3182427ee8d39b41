package dev.gra.client.local;

/** gra's version. */
public final class Version {
  /** Of this client and of the archive that goes with it. */
  public static final String VERSION = "0.1.0";

  private Version() {}
}
