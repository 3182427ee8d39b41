package dev.gra.grad.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowBudgetTest {
  private static final long LEAST = 64 << 10;
  private static final long MOST = 1 << 20;
  private static final long TOTAL = 4 << 20;

  private final WindowBudget budget = new WindowBudget(TOTAL, LEAST, MOST);

  /** All that is granted flows, and as much again is granted. */
  private static void flow(StreamWindow window, long[] at) {
    at[0] += window.size();
    window.granted(at[0]);
    window.forwarded(at[0]);
  }

  @Test
  void a_stream_whose_bytes_flow_grows_to_the_most() {
    StreamWindow window = budget.open();
    assertThat(window.size()).isEqualTo(LEAST);
    long[] at = {0};
    for (int i = 0; i < 10; i++) {
      flow(window, at);
    }

    assertThat(window.size()).isEqualTo(MOST);
    window.close();
    assertThat(budget.held()).isZero();
  }

  @Test
  void the_sum_stays_below_the_total_whoever_comes() {
    List<StreamWindow> windows = new ArrayList<>();
    List<long[]> ats = new ArrayList<>();
    for (int streams = 0; streams < 60; streams++) {
      windows.add(budget.open());
      ats.add(new long[1]);
      for (int i = 0; i < windows.size(); i++) {
        flow(windows.get(i), ats.get(i));
      }
      assertThat(budget.held()).isLessThanOrEqualTo(TOTAL);
    }
  }

  @Test
  void a_stream_keeps_what_may_be_under_way_when_others_come() {
    StreamWindow greedy = budget.open();
    long[] at = {0};
    for (int i = 0; i < 10; i++) {
      flow(greedy, at);
    }
    greedy.granted(at[0] + MOST);
    for (int i = 0; i < 63; i++) {
      budget.open();
    }
    greedy.forwarded(at[0] + 1);

    assertThat(greedy.size()).isEqualTo(MOST - 1);
    greedy.forwarded(at[0] + MOST);
    assertThat(greedy.size()).isEqualTo(TOTAL / 64);
  }

  @Test
  void closing_twice_gives_back_once() {
    StreamWindow window = budget.open();
    window.close();
    window.close();

    assertThat(budget.held()).isZero();
  }
}
