package dev.gra.grad.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditWriterTest {
  @TempDir Path directory;

  private static byte[] line(Object text) {
    return (text + "\n").getBytes(UTF_8);
  }

  @Test
  void what_was_added_before_the_end_is_written_in_order() throws Exception {
    Path file = directory.resolve("audit");
    try (AuditWriter writer = new AuditWriter(Sink.file(file))) {
      IntStream.range(0, 10_000).forEach(i -> writer.add(line(i)));
    }

    List<String> expected = IntStream.range(0, 10_000).mapToObj(String::valueOf).toList();
    assertThat(Files.readAllLines(file)).isEqualTo(expected);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_file_that_was_moved_away_is_begun_anew() throws Exception {
    Path file = directory.resolve("audit");
    try (AuditWriter writer = new AuditWriter(Sink.file(file))) {
      writer.add(line("a"));
      await().until(() -> writer.written() == 1);
      Files.move(file, directory.resolve("audit.1"));
      writer.add(line("b"));
    }

    assertThat(directory.resolve("audit.1")).hasContent("a");
    assertThat(file).hasContent("b");
  }

  @Test
  void a_file_that_can_t_be_written_is_refused_at_once() {
    assertThatThrownBy(() -> Sink.file(directory.resolve("nowhere/audit")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere/audit");
  }

  @Test
  void nobody_waits_for_a_destination_that_hangs_and_what_is_lost_is_told() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    List<String> written = new CopyOnWriteArrayList<>();
    Sink sink =
        lines -> {
          reached.countDown();
          try {
            hangs.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          written.add(new String(lines, UTF_8));
        };
    AuditWriter writer = new AuditWriter(sink);
    writer.add(line("first"));
    reached.await();
    byte[] quarter = new byte[AuditWriter.WAITING_BYTES / 4];
    for (int i = 0; i < 7; i++) {
      writer.add(quarter);
    }
    assertThat(writer.lost()).isEqualTo(3);
    hangs.countDown();
    await().until(() -> writer.written() == 5);
    writer.add(line("later"));
    writer.close();

    assertThat(written).last().isEqualTo("later\n");
    assertThat(String.join("", written)).contains("\"event\":\"audit.lost\",\"lines\":3}");
  }

  @Test
  void a_destination_that_fails_loses_what_it_could_not_take_and_goes_on() throws Exception {
    List<String> written = new CopyOnWriteArrayList<>();
    Sink sink =
        lines -> {
          if (new String(lines, UTF_8).equals("bad\n")) {
            throw new IOException("no space left");
          }
          written.add(new String(lines, UTF_8));
        };
    try (AuditWriter writer = new AuditWriter(sink)) {
      writer.add(line("bad"));
      await().until(() -> writer.lost() == 1);
      writer.add(line("good"));
    }

    assertThat(written).hasSize(2);
    assertThat(written.getFirst()).contains("\"lines\":1");
    assertThat(written.getLast()).isEqualTo("good\n");
  }
}
