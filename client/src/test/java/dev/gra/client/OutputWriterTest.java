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
  @Test
  void a_gap_where_none_may_be_is_a_failure_and_the_other_stream_goes_on() throws Exception {
    List<String> written = new ArrayList<>();
    List<Stream> refused = new ArrayList<>();
    OutputSink sink = (stream, _, data) -> written.add(stream + " " + data.toStringUtf8());
    OutputWriter.Progress progress =
        new OutputWriter.Progress() {
          @Override
          public void written(Stream stream, long upTo) {}

          @Override
          public void refused(Stream stream, IOException why) {
            refused.add(stream);
          }
        };
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
