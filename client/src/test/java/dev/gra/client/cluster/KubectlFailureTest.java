package dev.gra.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.client.GraException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubectlFailureTest {
  private static final ClusterTarget TARGET = new ClusterTarget("/kube/config", "work", "gra");

  private static GraException explained(String stderr) {
    return KubectlFailure.explain(KubectlFailure.raw(stderr), TARGET);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "error: context \"work\" does not exist | CONTEXT_UNKNOWN | get-contexts",
        "Error from server (NotFound): services \"grad\" not found | NO_SERVICE | --namespace",
        "Error from server (NotFound): namespaces \"x\" not found | NAMESPACE_UNKNOWN | --namespace",
        "error: failed to create token: serviceaccounts \"me\" not found | NO_SERVICE_ACCOUNT"
            + " | kubectl --context work -n gra create serviceaccount me",
        "error: You must be logged in to the server (Unauthorized) | LOGGED_OUT | auth whoami",
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or"
            + " port? | CLUSTER_UNREACHABLE | kubectl --context work version",
        "Unable to connect to the server: dial tcp: lookup k: no such host | CLUSTER_UNREACHABLE"
            + " | version",
      })
  void what_fails_has_a_reason_and_what_helps(String stderr, String reason, String helps) {
    GraException failure = explained(stderr);

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.hint().orElseThrow()).contains(helps);
    assertThat(failure.getMessage()).doesNotContain("\n");
  }

  @Test
  void who_may_not_ask_for_a_token_is_told_the_binding_that_lets_them() {
    GraException failure =
        explained(
            "error: failed to create token: serviceaccounts \"gra-user\" is forbidden: User"
                + " \"anna@example.com\" cannot create resource \"serviceaccounts/token\" in API"
                + " group \"\" in the namespace \"gra\"");

    assertThat(failure.getMessage())
        .contains("User \"anna@example.com\" cannot create resource \"serviceaccounts/token\"");
    assertThat(failure.hint().orElseThrow())
        .endsWith(
            "kubectl --context work -n gra create rolebinding gra-user-anna-example-com"
                + " --role gra-user --user anna@example.com");
  }

  @Test
  void names_that_lead_out_of_a_directory_are_refused() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new ClusterTarget("/kube/config", "work", "../x"))
        .isInstanceOf(GraException.class);
    assertThat(new ClusterTarget("/kube/config", "arn:aws:eks:eu:1:cluster/../x", "gra").slug())
        .matches("[A-Za-z0-9-]+");
  }

  @Test
  void another_context_namespace_or_configuration_is_another_tunnel() {
    assertThat(
            java.util.stream.Stream.of(
                    TARGET,
                    new ClusterTarget("/kube/config", "work", "gra2"),
                    new ClusterTarget("/kube/config", "work.", "gra"),
                    new ClusterTarget("/other", "work", "gra"))
                .map(ClusterTarget::slug))
        .doesNotHaveDuplicates();
  }
}
