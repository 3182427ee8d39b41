package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import dev.gra.v1.Dataset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTextTest {
  private static final Dataset TRIPS =
      Dataset.newBuilder()
          .setName("trips")
          .setBucket("nyc")
          .setPrefix("2024/year=1")
          .setEndpoint("http://s3:9000")
          .setRegion("eu-west-1")
          .setSecret("key")
          .build();

  @Test
  void a_dataset_is_an_address_and_what_belongs_to_it() {
    String text = "trips=s3://nyc/2024/year=1/,endpoint=http://s3:9000,region=eu-west-1,secret=key";

    assertThat(DatasetText.options(List.of(text))).containsExactly(TRIPS);
    assertThat(DatasetText.setting("datasets", text + "  zones=s3://nyc "))
        .containsExactly(TRIPS, Dataset.newBuilder().setName("zones").setBucket("nyc").build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"trips", "s3://nyc", "trips=nyc", "trips=s3://", "trips=s3://nyc,mode=rw"})
  void what_is_no_dataset_is_told_with_the_form_of_one(String text) {
    assertThatThrownBy(() -> DatasetText.options(List.of(text)))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.hint().orElse("")).startsWith("NAME=s3://BUCKET"))
        .hasMessageContaining("--dataset " + text);
  }
}
