package dev.gra.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputWriterTest {
  private final List<String> written = new ArrayList<>();
  private final List<Stream> refused = new ArrayList<>();
  private final OutputWriter.Progress progress =
      new OutputWriter.Progress() {
        @Override
        public void written(Stream stream, long upTo) {}

        @Override
        public void refused(Stream stream, IOException why) {
          refused.add(stream);
        }
      };

  @Test
  void a_stream_s_end_follows_its_bytes_and_may_be_refused_as_they_may() throws Exception {
    OutputSink sink =
        new OutputSink() {
          @Override
          public void write(Stream stream, long offset, ByteString data) {
            written.add(stream + " " + data.toStringUtf8());
          }

          @Override
          public void end(Stream stream, long offset) throws IOException {
            written.add(stream + " ended at " + offset);
            throw new IOException("gone");
          }
        };
    try (OutputWriter writer = new OutputWriter("e", sink, progress)) {
      writer.data(Stream.STREAM_STDOUT, 2, ByteString.copyFromUtf8("on"));
      writer.end(Stream.STREAM_STDOUT, 2);
      writer.finish();
    }
    assertThat(written).containsExactly("STREAM_STDOUT on", "STREAM_STDOUT ended at 2");
    assertThat(refused).containsExactly(Stream.STREAM_STDOUT);
  }

  @Test
  void a_gap_where_none_may_be_is_a_failure_and_the_other_stream_goes_on() throws Exception {
    OutputSink sink = (stream, _, data) -> written.add(stream + " " + data.toStringUtf8());
    try (OutputWriter writer = new OutputWriter("e", sink, progress)) {
      writer.gap(Stream.STREAM_STDOUT, 0, 5);
      writer.data(Stream.STREAM_STDERR, 2, ByteString.copyFromUtf8("on"));

      assertThatThrownBy(writer::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("from 0 to 5");
    }
    assertThat(refused).containsExactly(Stream.STREAM_STDOUT);
    assertThat(written).containsExactly("STREAM_STDERR on");
  }
}
