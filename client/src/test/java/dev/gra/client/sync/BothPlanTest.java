package dev.gra.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who changed what since both last agreed, and what follows from it. */
class BothPlanTest {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
  private final Map<String, Entry> here = new TreeMap<>();
  private final Map<String, Entry> agreed = new TreeMap<>();
  private final List<RsyncChange> differences = new ArrayList<>();

  private static Entry file(int version) {
    return new Entry('f', 10, THEN.plusSeconds(version), "rw-r--r--");
  }

  private void there(String name, Entry entry) {
    differences.add(new RsyncChange(name, false, entry));
  }

  private void notThere(String name) {
    differences.add(new RsyncChange(name, true, new Entry('L', 0, THEN, "")));
  }

  private BothPlan plan(boolean delete) {
    return BothPlan.of(here, agreed, differences, delete);
  }

  @Test
  void a_change_of_one_side_goes_to_the_other() {
    agreed.putAll(Map.of("mine", file(0), "theirs", file(0)));
    here.putAll(Map.of("mine", file(1), "theirs", file(0)));
    there("mine", file(0));
    there("theirs", file(1));

    assertThat(plan(true).up()).containsExactly("mine");
    assertThat(plan(true).down()).containsExactly("theirs");
    assertThat(plan(true).conflicts()).isEmpty();
  }

  @Test
  void a_change_within_the_second_is_one_here() {
    Entry exact = new Entry('f', 10, THEN.plusNanos(5), "rw-r--r--");
    agreed.put("a", exact);
    here.put("a", new Entry('f', 10, THEN.plusNanos(6), "rw-r--r--"));
    there("a", file(0));

    assertThat(plan(false).up()).containsExactly("a");
  }

  @Test
  void what_changed_on_both_sides_or_was_never_agreed_on_is_a_conflict() {
    agreed.put("both", file(0));
    here.putAll(Map.of("both", file(1), "unknown", file(1)));
    there("both", file(2));
    there("unknown", file(0));

    assertThat(plan(true).conflicts()).containsExactly("both", "unknown");
    assertThat(plan(true).up()).isEmpty();
    assertThat(plan(true).down()).isEmpty();
  }

  @Test
  void a_deletion_goes_over_with_delete_and_is_undone_without() {
    agreed.putAll(Map.of("deleted here", file(0), "deleted there", file(0)));
    here.put("deleted there", file(0));
    there("deleted here", file(0));
    notThere("deleted there");

    assertThat(plan(true).deleteHere()).containsExactly("deleted there");
    assertThat(plan(true).deleteThere()).containsExactly("deleted here");
    assertThat(plan(false).up()).containsExactly("deleted there");
    assertThat(plan(false).down()).containsExactly("deleted here");
    assertThat(plan(false).deleteHere()).isEmpty();
    assertThat(plan(false).deleteThere()).isEmpty();
  }

  @Test
  void a_change_outlives_a_deletion() {
    agreed.putAll(Map.of("changed there", file(0), "changed here", file(0)));
    here.put("changed here", file(1));
    there("changed there", file(1));
    notThere("changed here");

    assertThat(plan(true).up()).containsExactly("changed here");
    assertThat(plan(true).down()).containsExactly("changed there");
  }

  @Test
  void without_anything_agreed_nothing_is_deleted() {
    here.put("mine", file(0));
    notThere("mine");
    there("theirs", file(0));

    assertThat(plan(true).up()).containsExactly("mine");
    assertThat(plan(true).down()).containsExactly("theirs");
  }

  @Test
  void a_file_here_that_is_a_directory_there_stays_with_all_that_is_in_it() {
    here.put("x", file(0));
    there("x", Entry.directory());
    there("x/y", file(0));
    there("xy", file(0));

    assertThat(plan(true).clashes()).containsExactly("x");
    assertThat(plan(true).down()).containsExactly("xy");
  }

  @Test
  void what_came_up_since_it_was_listed_is_left_to_the_next_sync() {
    notThere("just made");

    assertThat(plan(true).up()).isEmpty();
    assertThat(plan(true).deleteHere()).isEmpty();
  }
}
