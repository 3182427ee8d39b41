package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import dev.gra.client.config.Settings;
import dev.gra.v1.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTextTest {
  @TempDir Path directory;

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
  void a_mount_is_read_only_unless_it_says_otherwise() {
    var datasets =
        DatasetText.options(
            List.of(
                "a=s3://b,secret=s,mount=/workspace/dataset/a",
                "c=s3://d,secret=s,mount=/workspace/dataset/c,writable=true"));

    assertThat(datasets.getFirst().getMount()).isEqualTo("/workspace/dataset/a");
    assertThat(datasets.getFirst().getWritable()).isFalse();
    assertThat(datasets.getLast().getWritable()).isTrue();
    assertThatThrownBy(() -> DatasetText.options(List.of("a=s3://b,writable=yes")))
        .hasMessageContaining("writable is true or false");
  }

  @Test
  void a_dataset_is_an_address_and_what_belongs_to_it() {
    String text = "trips=s3://nyc/2024/year=1/,endpoint=http://s3:9000,region=eu-west-1,secret=key";

    assertThat(DatasetText.options(List.of(text))).containsExactly(TRIPS);
    assertThat(DatasetText.of(settings(Map.of("GRA_DATASETS", text + "  zones=s3://nyc "))))
        .containsExactly(TRIPS, Dataset.newBuilder().setName("zones").setBucket("nyc").build());
  }

  @Test
  void a_workspace_has_no_key_but_by_its_users_leave() throws Exception {
    Path file = directory.resolve(Settings.WORKSPACE_FILE);
    Files.writeString(file, "datasets = \"trips=s3://nyc,secret=ours zones=s3://nyc\"\n");

    assertThatThrownBy(
            () -> DatasetText.of(settings(Map.of("GRA_DATASET_SECRETS", "other theirs"))))
        .isInstanceOfSatisfying(
            GraException.class,
            e ->
                assertThat(e.hint())
                    .hasValue("gractl config set dataset_secrets 'other ours theirs'"))
        .hasMessageContaining("uses the secret ours");
    assertThat(DatasetText.of(settings(Map.of("GRA_DATASET_SECRETS", "other ours")))).hasSize(2);

    Files.writeString(file, "dataset_secrets = \"ours\"\n");
    assertThatThrownBy(() -> settings(Map.of())).hasMessageContaining("only you may set");
  }

  private Settings settings(Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("HOME", directory.resolve("home").toString());
    return Settings.load(Map.of(), environment, directory);
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
