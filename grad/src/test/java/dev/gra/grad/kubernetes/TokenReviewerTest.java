package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokenReviewerTest {
  private final List<String> asked = new ArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private final TokenReviewer reviewer =
      new TokenReviewer(
          token -> {
            asked.add(token);
            return token.startsWith("good") ? Optional.of(subject(token)) : Optional.empty();
          },
          now::get);

  private static Subject subject(String name) {
    return new Subject(new Owner(name), Set.of("ops"));
  }

  @Test
  void an_answer_holds_for_a_minute() {
    assertThat(reviewer.apply("good")).contains(subject("good"));
    assertThat(reviewer.apply("bad")).isEmpty();
    now.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(reviewer.apply("good")).contains(subject("good"));
    assertThat(reviewer.apply("bad")).isEmpty();
    assertThat(asked).containsExactly("good", "bad");

    now.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThat(reviewer.apply("good")).contains(subject("good"));
    assertThat(asked).containsExactly("good", "bad", "good");
  }

  @Test
  void a_flood_of_tokens_takes_bounded_memory_only() {
    for (int i = 0; i < 20_000; i++) {
      var _ = reviewer.apply("good" + i);
    }
    asked.clear();

    assertThat(reviewer.apply("good19999")).isPresent();
    assertThat(asked).isEmpty();
    assertThat(reviewer.apply("good0")).isPresent();
    assertThat(asked).containsExactly("good0");
  }
}
