package dev.gra.protocol;

/** What a client can say of the bytes that it received, once it has the runner's totals. */
public enum Verification {
  /** Counts and checksums agree. */
  VERIFIED,
  /**
   * It didn't read from the beginning without a gap, closed a stream, or the totals aren't known to
   * be the whole.
   */
  UNVERIFIED,
  /** Counts or checksums disagree: bytes were lost or changed. */
  MISMATCH;

  Verification and(Verification other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
