package dev.gra.runnerd.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.gra.v1.Start;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What two starts with one id must agree in: SHA-256 over the Start's deterministic serialization,
 * without what may differ from try to try: trace context, cursors, and what its client understands.
 */
public record SpecHash(ByteString bytes) {
  static final int LENGTH = 32;

  public SpecHash {
    if (bytes.size() != LENGTH) {
      throw new IllegalArgumentException("a hash of " + bytes.size() + " bytes");
    }
  }

  public static SpecHash of(Start start) {
    Start spec = start.toBuilder().clearTraceContext().clearCursors().clearOutputEnds().build();
    MessageDigest digest = sha256();
    try {
      CodedOutputStream out =
          CodedOutputStream.newInstance(
              new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      out.useDeterministicSerialization();
      spec.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SpecHash(ByteString.copyFrom(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
