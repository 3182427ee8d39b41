package dev.gra.client;

import static java.util.Optional.empty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunnersTest {
  private FakeGrad grad;
  private GraClient client;

  @BeforeEach
  void connect() throws IOException {
    grad = new FakeGrad();
    client = GraClient.of(grad::endpoint);
  }

  @AfterEach
  void disconnect() {
    client.close();
    grad.close();
  }

  @Test
  void ensuring_tells_the_stages_and_whether_it_was_made() {
    List<String> stages = new ArrayList<>();

    var first = client.runners().ensure(request("r"), stage -> stages.add(stage.getName()));
    var second = client.runners().ensure(request("r"), stage -> {});

    assertThat(stages).containsExactly("accepted");
    assertThat(first.created()).isTrue();
    assertThat(second.created()).isFalse();
    assertThat(second.runner().getUid()).isEqualTo(first.runner().getUid());
  }

  @Test
  void a_list_holds_all_pages() {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      client.runners().ensure(request(name), stage -> {});
    }

    assertThat(client.runners().list(Map.of()))
        .extracting(Runner::getName)
        .containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void where_nobody_answers_is_named() throws IOException {
    Endpoint nobody;
    try (var socket = new ServerSocket(0)) {
      nobody = new Endpoint("127.0.0.1", socket.getLocalPort(), false, empty(), empty());
    }
    try (GraClient lost = GraClient.of(EndpointSource.fixed(nobody))) {
      assertThatThrownBy(() -> lost.runners().list(Map.of()))
          .hasMessage("grad at %s can't be reached: Connection refused", nobody)
          .asInstanceOf(type(GraException.class))
          .returns("UNREACHABLE", GraException::reason);
    }
  }

  @Test
  void a_server_that_is_just_starting_is_waited_for() throws Exception {
    grad.kill();
    var listing =
        java.util.concurrent.CompletableFuture.supplyAsync(() -> client.runners().list(Map.of()));
    assertThat(listing).isNotDone();

    grad.restart();

    assertThat(listing.join()).isEmpty();
  }

  @Test
  void a_refused_connection_says_why() throws Exception {
    grad.kill();
    assertThatThrownBy(() -> client.runners().list(Map.of()))
        .hasMessageContaining("Connection refused");
  }

  private static EnsureRunnerRequest request(String name) {
    return EnsureRunnerRequest.newBuilder().setName(name).build();
  }
}
