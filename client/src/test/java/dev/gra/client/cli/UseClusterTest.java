package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.FakeGrad;
import dev.gra.client.GraException;
import dev.gra.client.TestCertificate;
import dev.gra.client.cluster.FakeKubectl;
import dev.gra.client.config.Key;
import dev.gra.client.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UseClusterTest {
  private static final UseCluster.Choice PLAIN =
      new UseCluster.Choice(null, null, null, null, null);

  @TempDir Path temp;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private FakeKubectl kubectl;
  private TestCertificate certificate;
  private FakeGrad grad;

  @BeforeEach
  void prepare() throws Exception {
    kubectl = new FakeKubectl(temp);
    certificate = new TestCertificate(temp, "grad.gra.svc");
    grad = new FakeGrad(certificate.credentials());
    kubectl.put("port", Integer.toString(grad.port()));
    kubectl.put("configmap", certificate.pem());
  }

  @AfterEach
  void close() throws IOException {
    try (Session session = session(Map.of())) {
      if (session.usesCluster()) {
        new ClusterAccess(session).tunnel().stop();
      }
      // A set-up that failed may have opened one.
      new ClusterAccess(session).tunnel("fake", "gra").stop();
    }
    grad.close();
  }

  private Session session(Map<Key, String> flags) {
    return session(flags, kubectl.environment());
  }

  private Session session(Map<Key, String> flags, Map<String, String> environment) {
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new Session(flags, environment, temp, new Messages(err, false));
  }

  private Map<String, Object> use(UseCluster.Choice choice, Map<Key, String> flags)
      throws IOException {
    try (Session session = session(flags)) {
      return new UseCluster(session).set(choice);
    }
  }

  private Settings settings() {
    return Settings.load(Map.of(), kubectl.environment(), temp);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private void assertRefused(String reason, UseCluster.Choice choice) {
    assertThatThrownBy(() -> use(choice, Map.of()))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    assertThat(settings().setting(Key.SERVER)).isEmpty();
  }

  @Test
  void after_it_a_call_reaches_grad_by_the_tunnel_over_tls_with_a_token() throws IOException {
    use(PLAIN, Map.of());

    try (Session later = session(Map.of())) {
      assertThat(later.client().runners().list(Map.of())).isEmpty();
      assertThat(later.endpoints().endpoint().tls()).isTrue();
    }
    assertThat(kubectl.asked("port-forward")).isEqualTo(1);
    assertThat(kubectl.asked("token")).isEqualTo(1);
    assertThat(said())
        .contains("context fake, namespace gra", "Service grad", "gra-user", "set in");
  }

  @Test
  void it_holds_in_a_shell_that_has_another_kubeconfig() throws IOException {
    use(PLAIN, Map.of());
    Map<String, String> other = new HashMap<>(kubectl.environment());
    other.put("KUBECONFIG", "/another");

    try (Session later = session(Map.of(), other)) {
      assertThat(new ClusterAccess(later).target()).isEqualTo(kubectl.target());
    }
  }

  @Test
  void use_local_takes_it_all_back_and_keeps_the_rest() throws IOException {
    Settings.write(settings().userFile(), Key.PRESET, "large");
    String before = Files.readString(settings().userFile());
    use(PLAIN, Map.of());
    try (Session session = session(Map.of())) {
      new ClusterAccess(session).tunnel().stop();
      new UseCluster(session).unset();
    }

    assertThat(Files.readString(settings().userFile())).isEqualTo(before);
  }

  @Test
  void this_machines_grad_is_meant_by_name_whatever_is_set() throws IOException {
    use(PLAIN, Map.of());

    try (Session session = session(Map.of(Key.SERVER, "local"))) {
      assertThat(session.usesCluster()).isFalse();
      assertThatThrownBy(() -> session.client().runners().list(Map.of()))
          .isInstanceOfSatisfying(
              GraException.class, e -> assertThat(e.reason()).isEqualTo("NO_GRAD"));
    }
    assertThat(kubectl.asked("token")).isEqualTo(1);
  }

  @Test
  void a_certificate_of_somebody_else_is_refused_and_nothing_is_set() throws Exception {
    kubectl.put("configmap", new TestCertificate(temp, "other").pem());

    assertRefused("CERTIFICATE", PLAIN);
  }

  @Test
  void a_certificate_for_another_name_wants_that_name() throws Exception {
    grad.close();
    TestCertificate other = new TestCertificate(temp, "grad.example.com");
    grad = new FakeGrad(other.credentials());
    kubectl.put("port", Integer.toString(grad.port()));
    kubectl.put("configmap", other.pem());
    assertRefused("CERTIFICATE", PLAIN);

    use(new UseCluster.Choice(null, null, null, null, "grad.example.com"), Map.of());

    assertThat(settings().value(Key.SERVER_NAME)).contains("grad.example.com");
  }

  @Test
  void an_address_without_kubectl_keeps_the_name_that_its_certificate_is_for() throws Exception {
    Path token = Files.writeString(temp.resolve("own-token"), "a-token");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    Path ca = Files.writeString(temp.resolve("own-ca.crt"), certificate.pem());
    String address = "https://127.0.0.1:" + grad.port();

    use(
        new UseCluster.Choice(null, null, address, null, "grad.gra.svc"),
        Map.of(Key.TOKEN_FILE, token.toString(), Key.CA_FILE, ca.toString()));

    try (Session later = session(Map.of())) {
      assertThat(later.client().runners().list(Map.of())).isEmpty();
    }
  }

  @Test
  void the_authority_comes_from_the_secret_where_it_is_not_published() throws IOException {
    kubectl.put("fail-configmap", "Error from server (NotFound): configmaps \"gra-ca\" not found");
    byte[] pem = certificate.pem().getBytes(StandardCharsets.UTF_8);
    kubectl.put("secret", " " + Base64.getEncoder().encodeToString(pem));

    use(PLAIN, Map.of());

    assertThat(said()).contains("secret/gra-tls");
  }

  @Test
  void without_an_authority_the_two_ways_to_one_are_told() throws IOException {
    kubectl.put("fail-configmap", "Error from server (NotFound): configmaps \"gra-ca\" not found");
    kubectl.put(
        "fail-secret",
        "Error from server (Forbidden): secrets \"gra-tls\" is forbidden: User \"anna\" cannot get"
            + " resource \"secrets\" in API group \"\" in the namespace \"gra\"");

    assertThatThrownBy(() -> use(PLAIN, Map.of()))
        .hasMessageContaining("cannot get resource \"secrets\"")
        .isInstanceOfSatisfying(
            GraException.class,
            e -> assertThat(e.hint().orElseThrow()).contains("--ca-file", "create configmap"));
  }

  @Test
  void a_namespace_that_is_missing_is_told_apart_from_a_service_that_is() throws IOException {
    kubectl.put("fail-service", "Error from server (NotFound): services \"grad\" not found");
    assertRefused("NO_SERVICE", PLAIN);

    kubectl.put("fail-namespace", "Error from server (NotFound): namespaces \"gra\" not found");
    assertRefused("NAMESPACE_UNKNOWN", PLAIN);
  }

  @Test
  void with_an_address_and_a_token_file_kubectl_is_not_asked() throws IOException {
    grad.close();
    grad = new FakeGrad();
    Path token = Files.writeString(temp.resolve("token"), "theirs\n");
    Files.setPosixFilePermissions(
        token, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));

    use(
        new UseCluster.Choice(null, null, "127.0.0.1:" + grad.port(), null, null),
        Map.of(Key.TOKEN_FILE, "token"));

    assertThat(kubectl.asked("version") + kubectl.asked("token") + kubectl.asked("context"))
        .isZero();
    assertThat(settings().value(Key.TOKEN_FILE)).contains(token.toString());
  }

  @Test
  void the_doctor_names_the_step_that_fails() throws IOException {
    use(PLAIN, Map.of());
    try (Session session = session(Map.of())) {
      assertThat(new Doctor(session).examine())
          .extracting(Doctor.Finding::name)
          .containsSubsequence("kubectl", "cluster", "tunnel", "token", "grad")
          .doesNotContain("bubblewrap");
      kubectl.put("fail-service", "Unable to connect to the server: dial tcp: i/o timeout");
      assertThat(new Doctor(session).examine())
          .filteredOn(finding -> !finding.ok())
          .extracting(Doctor.Finding::name)
          .containsExactly("cluster");
    }
  }
}
