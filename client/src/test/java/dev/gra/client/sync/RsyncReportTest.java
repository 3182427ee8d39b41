package dev.gra.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RsyncReportTest {
  private static final String ROOT =
      "rsync: [generator] failed to set times on \"/workspace/.\": Operation not permitted (1)";
  private static final String FILE =
      "rsync: [receiver] mkstemp \"/workspace/x/.y.abc\" failed: Permission denied (13)";
  private static final String LAST =
      "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main";

  @Test
  void what_came_and_what_was_deleted_is_counted() {
    List<String> changes =
        List.of(
            "<f+++++++++ a", "cd+++++++++ b/", ".d..t...... ./", "*deleting   c", ">f.st...... d");
    RsyncReport report = new RsyncReport(0, changes, List.of());

    assertThat(report.changed()).isEqualTo(3);
    assertThat(report.deleted()).isEqualTo(1);
  }

  @Test
  void the_root_of_a_volume_may_refuse_its_mode_and_time() {
    assertThat(new RsyncReport(23, List.of(), List.of(ROOT, LAST)).complete()).isTrue();
    assertThat(new RsyncReport(23, List.of(), List.of(ROOT, FILE, LAST)).complete()).isFalse();
    assertThat(new RsyncReport(23, List.of(), List.of(LAST)).complete()).isFalse();
    assertThat(new RsyncReport(23, List.of(), List.of(ROOT, FILE, LAST)).why()).isEqualTo(FILE);
  }

  @Test
  void a_cut_is_worth_another_try_and_a_refusal_is_not() {
    assertThat(new RsyncReport(12, List.of(), List.of()).cut()).isTrue();
    assertThat(new RsyncReport(23, List.of(), List.of(FILE)).cut()).isFalse();
    assertThat(new RsyncReport(24, List.of(), List.of()).complete()).isTrue();
  }
}
