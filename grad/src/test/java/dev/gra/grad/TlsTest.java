package dev.gra.grad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.RunnerServiceGrpc;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path directory;

  private TlsFiles files() {
    return new TlsFiles(directory.resolve("tls.crt"), directory.resolve("tls.key"));
  }

  @Test
  void calls_are_encrypted_and_a_new_certificate_is_taken_up() throws Exception {
    certificate("first");
    Path first = Files.copy(files().certificate(), directory.resolve("first.crt"));
    try (TestServer server = new TestServer(TestServer.Options.standard().tls(files()))) {
      assertThat(runners(server, first)).isZero();

      certificate("second");

      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreException(StatusRuntimeException.class)
          .until(() -> runners(server, files().certificate()) == 0);
      assertThatThrownBy(() -> runners(server, first)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void what_is_no_certificate_is_refused_with_its_name() throws IOException {
    Files.writeString(files().certificate(), "nonsense");
    Files.writeString(files().key(), "nonsense");

    assertThatThrownBy(() -> files().load())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tls.crt");
  }

  private static int runners(TestServer server, Path trusted) throws IOException {
    var credentials = TlsChannelCredentials.newBuilder().trustManager(trusted.toFile()).build();
    var channel =
        OkHttpChannelBuilder.forAddress("localhost", server.grad().grpcPort(), credentials).build();
    try {
      return TestServer.as(RunnerServiceGrpc.newBlockingStub(channel), "anna-token")
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .listRunners(ListRunnersRequest.getDefaultInstance())
          .getRunnersCount();
    } finally {
      channel.shutdownNow();
    }
  }

  /** A new one for localhost, in place of what was. */
  private void certificate(String alias) throws Exception {
    Path store = directory.resolve(alias + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + alias,
                "-ext",
                "SAN=dns:localhost",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    pem(files().key(), "PRIVATE KEY", keys.getKey(alias, PASSWORD).getEncoded());
    pem(files().certificate(), "CERTIFICATE", keys.getCertificate(alias).getEncoded());
  }

  private static void pem(Path file, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }
}
