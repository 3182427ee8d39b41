package dev.gra.grad.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RunnerDomainTest {
  private static void assertNames(String field, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(field));
  }

  @Test
  void a_name_is_an_rfc_1035_label() {
    for (var good : new String[] {"a", "a1", "a-b", "a".repeat(63)}) {
      assertThat(new RunnerName(good).value()).isEqualTo(good);
    }
    for (var bad :
        new String[] {
          "", "A", "1a", "-a", "a-", "a_b", "a.b", "../x", "a\n", "a".repeat(64), "\u00e4"
        }) {
      assertNames("name", () -> new RunnerName(bad));
    }
    assertNames("name", () -> new RunnerName(null));
  }

  @Test
  void labels_have_the_form_and_number_that_kubernetes_has() {
    var many = new TreeMap<String, String>();
    for (var i = 0; i < 33; i++) {
      many.put("k" + i, "");
    }
    assertNames("labels", () -> new Labels(many));
    assertNames("labels", () -> new Labels(Map.of("", "v")));
    assertNames("labels", () -> new Labels(Map.of("a b", "v")));
    assertNames("labels.k", () -> new Labels(Map.of("k", "a/b")));
    assertThat(new Labels(Map.of("a", "1", "b", "2")).containsAll(new Labels(Map.of("a", "1"))))
        .isTrue();
    assertThat(new Labels(Map.of("a", "1")).containsAll(new Labels(Map.of("a", "2")))).isFalse();
  }

  @Test
  void limits_and_times_have_bounds() {
    var size = Preset.SMALL;
    assertNames(
        "spec.cpu_millis",
        () -> new RunnerSpec(size, "", 99, 1L << 30, IdleTimeout.NEVER, Datasets.NONE));
    assertNames(
        "spec.cpu_millis",
        () -> new RunnerSpec(size, "", 256_001, 1L << 30, IdleTimeout.NEVER, Datasets.NONE));
    assertNames(
        "spec.memory_bytes",
        () -> new RunnerSpec(size, "", 100, (128L << 20) - 1, IdleTimeout.NEVER, Datasets.NONE));
    assertNames(
        "spec.image",
        () -> new RunnerSpec(size, "a b", 100, 128L << 20, IdleTimeout.NEVER, Datasets.NONE));
    assertNames("spec.idle_timeout", () -> IdleTimeout.after(Duration.ofMillis(999)));
    assertNames("spec.idle_timeout", () -> IdleTimeout.after(Duration.ofDays(7).plusNanos(1)));
    assertNames("spec.preset", () -> Preset.named("huge"));
  }

  @Test
  void what_a_request_leaves_open_is_filled_in() {
    var spec =
        new SpecRequest(
                Optional.of(Preset.LARGE),
                Optional.empty(),
                Optional.of(500),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())
            .resolve(SpecDefaults.STANDARD);

    assertThat(spec)
        .isEqualTo(
            new RunnerSpec(
                Preset.LARGE,
                "",
                500,
                Preset.LARGE.memoryBytes(),
                IdleTimeout.after(Duration.ofMinutes(5)),
                Datasets.NONE));
  }

  @Test
  void only_fields_that_are_asked_for_can_be_in_conflict() {
    var has = SpecRequest.ANY.resolve(SpecDefaults.STANDARD);

    assertThat(SpecRequest.ANY.conflictWith(has)).isEmpty();
    var other =
        new SpecRequest(
            Optional.of(Preset.SMALL),
            Optional.empty(),
            Optional.empty(),
            Optional.of(1L << 30),
            Optional.of(IdleTimeout.NEVER),
            Optional.empty());
    assertThat(other.conflictWith(has)).contains("spec.memory_bytes");
  }
}
