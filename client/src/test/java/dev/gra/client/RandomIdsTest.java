package dev.gra.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomIdsTest {
  @Test
  void ids_are_random_uuids_and_no_two_are_the_same() {
    var ids = IntStream.range(0, 1000).mapToObj(_ -> RandomIds.next()).toList();

    assertThat(ids).doesNotHaveDuplicates();
    assertThat(ids).map(UUID::fromString).allMatch(id -> id.version() == 4 && id.variant() == 2);
  }
}
