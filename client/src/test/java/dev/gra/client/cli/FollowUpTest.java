package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.client.local.GraHome;
import dev.gra.v1.Cursors;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowUpTest {
  @TempDir Path temp;

  @Test
  void a_killed_client_leaves_the_place_and_the_cursors() throws IOException {
    GraHome home = new GraHome(temp.resolve("home"));
    FollowUp record = FollowUp.write(home, entry("x")).orElseThrow();
    record.passedOn(Stream.STREAM_STDOUT, 1L << 40);
    record.passedOn(Stream.STREAM_STDERR, 7);

    var read = FollowUp.read(home, "x").orElseThrow();

    assertThat(read.runnerUid()).isEqualTo("uid");
    assertThat(read.cursors())
        .isEqualTo(Cursors.newBuilder().setStdout(1L << 40).setStderr(7).build());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.execs())))
        .isEqualTo("rwx------");
    record.remove();
    assertThat(FollowUp.read(home, "x")).isEmpty();
    assertThat(home.execs()).isEmptyDirectory();
  }

  @Test
  void records_are_kept_for_a_day() throws IOException {
    GraHome home = new GraHome(temp.resolve("home"));
    FollowUp.write(home, entry("old")).orElseThrow().close();
    for (String suffix : new String[] {".properties", ".cursors"}) {
      Instant yesterday = Instant.now().minus(Duration.ofHours(25));
      Files.setLastModifiedTime(home.execs().resolve("old" + suffix), FileTime.from(yesterday));
    }

    FollowUp.write(home, entry("new")).orElseThrow().close();

    assertThat(FollowUp.read(home, "old")).isEmpty();
    assertThat(FollowUp.read(home, "new")).isPresent();
  }

  @Test
  void an_id_cannot_lead_out_of_the_directory() throws IOException {
    GraHome home = new GraHome(temp.resolve("home"));

    assertThat(FollowUp.read(home, "../../etc/passwd")).isEmpty();
    assertThat(FollowUp.write(home, entry("../../outside"))).isEmpty();

    assertThat(temp).isEmptyDirectory();
  }

  private static FollowUp.Entry entry(String id) {
    return new FollowUp.Entry(id, "http://127.0.0.1:1", "r", "uid", Cursors.getDefaultInstance());
  }
}
