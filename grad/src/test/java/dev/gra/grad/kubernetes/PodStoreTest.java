package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.SpecDefaults;
import dev.gra.grad.runner.SpecRequest;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a call answers and what the watch tells come in either order. */
class PodStoreTest {
  private final PodStore pods = new PodStore();

  private static V1Pod pod(String uid) {
    var annotations =
        new RunnerAnnotations(
            new Owner("anna"),
            new RunnerName("r"),
            Labels.NONE,
            SpecRequest.ANY.resolve(SpecDefaults.STANDARD));
    return new V1Pod()
        .metadata(
            new V1ObjectMeta()
                .name("r-1")
                .uid(uid)
                .annotations(annotations.toMap())
                .creationTimestamp(OffsetDateTime.now(ZoneOffset.UTC)));
  }

  private static PodView view(V1Pod pod) {
    return PodView.of(pod).orElseThrow();
  }

  @Test
  void what_a_call_answered_is_there_before_the_watch_tells() {
    var made = pod(UUID.randomUUID().toString());

    pods.saw(view(made));

    assertThat(pods.find("r-1")).contains(view(made));
  }

  @Test
  void what_a_call_answered_late_of_a_pod_that_is_gone_by_now_does_not_come_back() {
    var gone = pod(UUID.randomUUID().toString());
    pods.put(gone);
    pods.gone("r-1", view(gone).uid());

    pods.saw(view(gone));

    assertThat(pods.find("r-1")).isEmpty();
    var next = pod(UUID.randomUUID().toString());
    pods.saw(view(next));
    assertThat(pods.find("r-1")).contains(view(next));
  }

  @Test
  void the_deletion_of_a_pod_leaves_another_of_its_name() {
    var before = pod(UUID.randomUUID().toString());
    var after = pod(UUID.randomUUID().toString());
    pods.put(after);

    pods.gone("r-1", view(before).uid());

    assertThat(pods.find("r-1")).contains(view(after));
  }
}
