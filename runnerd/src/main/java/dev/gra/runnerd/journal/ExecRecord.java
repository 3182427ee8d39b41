package dev.gra.runnerd.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.gra.v1.Ended;
import dev.gra.v1.Exec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One exec as the journal keeps it: who it is, the hash of its spec, and its ending once it has
 * one. Never its environment or its input.
 *
 * <p>Format of the file {@code record}, {@value #FILE_BYTES} bytes, written whole before the
 * command is spawned so that its ending can be written even on a full disk: two slots of {@value
 * #SLOT_BYTES} bytes, each
 *
 * <pre>
 *   magic "GRA1" or "GRE1" | CRC-32C of the payload | payload's length | payload | zeros
 * </pre>
 *
 * (integers are big-endian, 4 bytes). The first slot's payload is the spec's SHA-256 (32 bytes) and
 * a {@code gra.v1.Exec}; the second's a {@code gra.v1.Ended}. A slot whose magic or checksum is
 * wrong was never finished: without the first, the command was never spawned; without the second,
 * its ending isn't known.
 *
 * @param exec id, runner, command, creation time, and the trace context in {@code
 *     ended.trace_context}; nothing that changes
 * @param spec the spec's hash
 * @param ended the ending, if it is known
 */
public record ExecRecord(Exec exec, SpecHash spec, Optional<Ended> ended) {
  static final int SLOT_BYTES = 2048;
  static final int FILE_BYTES = 2 * SLOT_BYTES;
  private static final int HEADER_BYTES = 12;
  private static final int START_MAGIC = 0x47524131;
  private static final int END_MAGIC = 0x47524531;

  /** The id. */
  public String id() {
    return exec.getExecId();
  }

  ByteBuffer encoded() {
    byte[] payload = spec.bytes().concat(exec.toByteString()).toByteArray();
    ByteBuffer file = ByteBuffer.allocate(FILE_BYTES);
    file.put(slot(START_MAGIC, payload));
    return file.rewind();
  }

  static ByteBuffer encoded(Ended ended) {
    return slot(END_MAGIC, ended.toByteArray());
  }

  /** Reads a record; empty if it was never finished. */
  static Optional<ExecRecord> decoded(byte[] file) {
    return payload(START_MAGIC, file, 0)
        .flatMap(start -> decoded(start, payload(END_MAGIC, file, SLOT_BYTES)));
  }

  private static Optional<ExecRecord> decoded(byte[] start, Optional<byte[]> end) {
    try {
      SpecHash spec = new SpecHash(ByteString.copyFrom(start, 0, SpecHash.LENGTH));
      Exec exec = Exec.parseFrom(Arrays.copyOfRange(start, SpecHash.LENGTH, start.length));
      Optional<Ended> ended =
          end.isPresent() ? Optional.of(Ended.parseFrom(end.get())) : Optional.empty();
      return Optional.of(new ExecRecord(exec, spec, ended));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a journal record with a good checksum can't be read", e);
    }
  }

  private static ByteBuffer slot(int magic, byte[] payload) {
    if (payload.length > SLOT_BYTES - HEADER_BYTES) {
      throw new IllegalArgumentException("a journal record of " + payload.length + " bytes");
    }
    ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES);
    slot.putInt(magic).putInt(checksum(payload)).putInt(payload.length).put(payload);
    return slot.rewind();
  }

  private static Optional<byte[]> payload(int magic, byte[] file, int at) {
    if (file.length < at + SLOT_BYTES) {
      return Optional.empty();
    }
    ByteBuffer slot = ByteBuffer.wrap(file, at, SLOT_BYTES);
    if (slot.getInt() != magic) {
      return Optional.empty();
    }
    int checksum = slot.getInt();
    int length = slot.getInt();
    if (length < 0 || length > slot.remaining()) {
      return Optional.empty();
    }
    byte[] payload = new byte[length];
    slot.get(payload);
    return checksum(payload) == checksum ? Optional.of(payload) : Optional.empty();
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
