package dev.gra.runnerd.link;

import com.google.protobuf.CodedOutputStream;
import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.RunnerExec;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Writes all of a {@code LinkResponse{exec{output{…}}}} frame but its data, so that the data can go
 * from the spool straight into the send buffer.
 */
final class OutputFrames {
  /** Most that a prefix takes: lengths, tags, channel, stream and offset. */
  static final int LONGEST_PREFIX = 64;

  private static final int LENGTH_DELIMITED = 2;
  private static final int DATA_TAG = Output.DATA_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
  private static final int OUTPUT_TAG = ExecResponse.OUTPUT_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
  private static final int EXEC_TAG = LinkResponse.EXEC_FIELD_NUMBER << 3 | LENGTH_DELIMITED;

  private final byte[] prefix = new byte[LONGEST_PREFIX];

  /** Puts everything before the data's first byte. */
  void putPrefix(ByteBuffer target, long channel, RunnerExec.Data data) {
    int output =
        CodedOutputStream.computeEnumSize(Output.STREAM_FIELD_NUMBER, data.stream().getNumber())
            + (data.offset() == 0
                ? 0
                : CodedOutputStream.computeInt64Size(Output.OFFSET_FIELD_NUMBER, data.offset()))
            + delimited(data.length());
    int exec = delimited(output);
    int frame =
        CodedOutputStream.computeUInt64Size(LinkResponse.CHANNEL_FIELD_NUMBER, channel)
            + delimited(exec);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(prefix);
      out.writeUInt32NoTag(frame);
      out.writeUInt64(LinkResponse.CHANNEL_FIELD_NUMBER, channel);
      out.writeUInt32NoTag(EXEC_TAG);
      out.writeUInt32NoTag(exec);
      out.writeUInt32NoTag(OUTPUT_TAG);
      out.writeUInt32NoTag(output);
      out.writeEnum(Output.STREAM_FIELD_NUMBER, data.stream().getNumber());
      if (data.offset() != 0) {
        out.writeInt64(Output.OFFSET_FIELD_NUMBER, data.offset());
      }
      out.writeUInt32NoTag(DATA_TAG);
      out.writeUInt32NoTag(data.length());
      target.put(prefix, 0, out.getTotalBytesWritten());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A field of so many bytes, its one-byte tag and its length included. */
  private static int delimited(int bytes) {
    return 1 + CodedOutputStream.computeUInt32SizeNoTag(bytes) + bytes;
  }
}
