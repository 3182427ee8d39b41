package dev.gra.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointTest {
  @TempDir Path temp;

  @Test
  void this_machine_is_talked_to_in_the_clear_and_others_by_tls() {
    assertThat(parse("127.0.0.1:5000", false)).hasToString("http://127.0.0.1:5000");
    assertThat(parse("localhost:5000", false).tls()).isFalse();
    assertThat(parse("grad.example:5000", false).tls()).isTrue();
    assertThat(parse("https://grad.example", false).port()).isEqualTo(443);
  }

  @Test
  void a_token_goes_unencrypted_to_another_machine_only_by_name() {
    assertThatThrownBy(() -> parse("http://grad.example:80", false))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.reason()).isEqualTo("INSECURE"));
    assertThat(parse("http://grad.example:80", true).tls()).isFalse();
  }

  @Test
  void what_is_no_address_is_refused() {
    for (String bad : new String[] {"", "ftp://x", "http://", "a b:1", "host:notaport"}) {
      assertThatThrownBy(() -> parse(bad, false)).as(bad).isInstanceOf(GraException.class);
    }
  }

  @Test
  void a_token_file_that_others_can_read_is_refused() throws IOException {
    Path file = Files.writeString(temp.resolve("token"), "secret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.hint()).contains("chmod 600 " + file));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(TokenFile.read(file)).isEqualTo("secret");
  }

  @Test
  void trace_context_is_read_and_continued() {
    String header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    TraceParent parent = TraceParent.parse(header, "a=b").orElseThrow();

    assertThat(parent.header()).isEqualTo(header);
    assertThat(parent.child().traceId()).isEqualTo(parent.traceId());
    assertThat(parent.child().spanId()).isNotEqualTo(parent.spanId());
    assertThat(TraceParent.parse("00-" + "0".repeat(32) + "-b7ad6b7169203331-01", null)).isEmpty();
    assertThat(TraceParent.parse(null, null)).isEmpty();
    assertThat(TraceParent.parse("nonsense", null)).isEmpty();
  }

  private static Endpoint parse(String server, boolean insecure) {
    return Endpoint.parse(server, insecure, Optional.empty(), Optional.empty());
  }
}
