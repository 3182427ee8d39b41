package dev.gra.protocol;

/** What the two ends of a link may understand beside what every one does, as their Hello tells. */
public final class LinkFeatures {
  /** grad passes on that an output stream has ended while its command goes on. */
  public static final String OUTPUT_END = "output-end";

  private LinkFeatures() {}
}
