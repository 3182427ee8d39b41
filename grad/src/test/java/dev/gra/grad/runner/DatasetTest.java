package dev.gra.grad.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  private static final Dataset TRIPS = dataset("trips", "http://s3:9000", "ours");

  static Dataset dataset(String name, String endpoint, String secret) {
    return new Dataset(
        name, "nyc", "2024", "us-east-1", Optional.of(endpoint), Optional.of(secret));
  }

  @ParameterizedTest
  @CsvSource({
    "name, Trips, nyc, p, r, http://h",
    "name, '', nyc, p, r, http://h",
    "bucket, t, ny, p, r, http://h",
    "bucket, t, Nyc, p, r, http://h",
    "bucket, t, a..b, p, r, http://h",
    "bucket, t, -ab, p, r, http://h",
    "bucket, t, 10.0.0.1, p, r, http://h",
    "prefix, t, nyc, /p, r, http://h",
    "prefix, t, nyc, p/, r, http://h",
    "prefix, t, nyc, p//q, r, http://h",
    "prefix, t, nyc, p/../q, r, http://h",
    "prefix, t, nyc, 'p q', r, http://h",
    "region, t, nyc, p, 'us east', http://h",
    "region, t, nyc, p, '', http://h",
    "endpoint, t, nyc, p, r, h:9000",
    "endpoint, t, nyc, p, r, ftp://h",
    "endpoint, t, nyc, p, r, http://h/path",
    "endpoint, t, nyc, p, r, http://me:secret@h",
  })
  void what_s3_or_a_file_of_lines_would_not_take_is_refused_by_its_field(
      String field, String name, String bucket, String prefix, String region, String endpoint) {
    assertNames(
        field,
        () -> new Dataset(name, bucket, prefix, region, Optional.of(endpoint), Optional.empty()));
  }

  private static void assertNames(
      String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InvalidFieldException.class,
            e -> assertThat(e.field()).isEqualTo("spec.datasets." + field));
  }

  private static Dataset mounted(String name, String path) {
    return new Dataset(
        name,
        "nyc",
        "2024",
        "us-east-1",
        Optional.of("http://s3:9000"),
        Optional.of("ours"),
        Optional.of(new DatasetMount(path, false)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/workspace/dataset",
        "/workspace/dataset/",
        "/workspace/datasets/t",
        "/workspace/dataset/../t",
        "/workspace/dataset/a/./t",
        "/workspace/dataset//t",
        "/workspace/dataset/t/",
        "/workspace/dataset/a b",
        "/workspace/dataset/a,b",
        "dataset/t",
      })
  void a_mount_is_below_the_workspace_s_directory_for_them(String path) {
    assertNames("mount", () -> mounted("t", path));
    assertThat(mounted("t", "/workspace/dataset/.a/t_1").mount().orElseThrow().relative())
        .isEqualTo(".a/t_1");
  }

  @Test
  void mounts_are_apart_and_want_a_secret() {
    var trips = mounted("trips", "/workspace/dataset/nyc");

    assertNames(
        "mount", () -> new Datasets(List.of(trips, mounted("a", "/workspace/dataset/nyc"))));
    assertNames(
        "mount", () -> new Datasets(List.of(mounted("a", "/workspace/dataset/nyc/a"), trips)));
    assertThat(new Datasets(List.of(trips, mounted("a", "/workspace/dataset/nyc2"))).mounted())
        .hasSize(2);
    assertNames(
        "mount",
        () -> new Dataset("t", "nyc", "", "r", Optional.empty(), Optional.empty(), trips.mount()));
  }

  @Test
  void s3fs_is_told_all_but_the_key_and_reads_only_unless_told_otherwise() {
    var s3fs = S3fs.of(mounted("trips", "/workspace/dataset/nyc"));

    assertThat(s3fs.source()).isEqualTo("nyc:/2024");
    assertThat(s3fs.options(List.of("allow_other")).split(","))
        .contains("url=http://s3:9000", "endpoint=us-east-1", "ro", "allow_other");
    var writable = new S3fs(s3fs.dataset(), new DatasetMount("/workspace/dataset/nyc", true));
    assertThat(writable.options(List.of()).split(",")).doesNotContain("ro");
  }

  @Test
  void a_failure_to_mount_is_known_by_the_script_s_words() {
    assertThat(S3fs.SCRIPT).contains("dataset $name can't be mounted: $*");
    assertThat(S3fs.failure("it ended: dataset t can't be mounted: no key").orElseThrow().message())
        .isEqualTo("dataset t can't be mounted: no key");
    assertThat(S3fs.failure("CrashLoopBackOff")).isEmpty();
  }

  @Test
  void a_secret_is_a_plain_name() {
    assertNames("secret", () -> dataset("t", "http://h", "../up"));
  }

  @Test
  void names_are_unique_and_there_are_eight_at_most() {
    assertNames("name", () -> new Datasets(List.of(TRIPS, TRIPS)));
    assertThatThrownBy(() -> new Datasets(Collections.nCopies(9, TRIPS)))
        .hasMessage("spec.datasets: at most 8");
  }

  @Test
  void datasets_are_read_as_they_were_written_and_older_runners_have_none() {
    var datasets =
        new Datasets(
            List.of(
                TRIPS,
                mounted("files", "/workspace/dataset/files"),
                new Dataset("all", "nyc", "", "eu-1", Optional.empty(), Optional.empty())));

    assertThat(DatasetFields.parse(DatasetFields.of(datasets))).isEqualTo(datasets);
    assertThat(DatasetFields.parse(null)).isEqualTo(Datasets.NONE);
  }

  @Test
  void another_runner_s_datasets_are_a_conflict_and_none_asked_for_are_not() {
    var has =
        new SpecRequest(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Datasets(List.of(TRIPS))))
            .resolve(SpecDefaults.STANDARD);
    var other = new Datasets(List.of(dataset("trips", "http://s3:9000", "theirs")));
    var wants =
        new SpecRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(other));

    assertThat(wants.conflictWith(has)).contains("spec.datasets");
    assertThat(SpecRequest.ANY.conflictWith(has)).isEmpty();
  }

  @Test
  void variables_say_only_what_is_right_for_all_datasets() {
    var alike = environment(TRIPS, dataset("zone-names", "http://s3:9000", "theirs"));
    assertThat(alike.variables())
        .containsEntry("GRA_DATASET_TRIPS", "s3://nyc/2024")
        .containsEntry("GRA_DATASET_ZONE_NAMES", "s3://nyc/2024")
        .containsEntry("AWS_CONFIG_FILE", "/aws/config")
        .containsEntry("AWS_ENDPOINT_URL", "http://s3:9000")
        .containsEntry("AWS_REGION", "us-east-1");
    assertThat(alike.secrets())
        .contains(
            new DatasetEnvironment.FromSecret(
                "AWS_ACCESS_KEY_ID", "ours", "AWS_ACCESS_KEY_ID", true),
            new DatasetEnvironment.FromSecret(
                "GRA_SECRET_THEIRS_AWS_SECRET_ACCESS_KEY",
                "theirs",
                "AWS_SECRET_ACCESS_KEY",
                true));

    var unlike = environment(TRIPS, dataset("zones", "http://other:9000", "ours"));
    assertThat(unlike.variables()).doesNotContainKey("AWS_ENDPOINT_URL");
    assertThat(unlike.secrets())
        .extracting(DatasetEnvironment.FromSecret::variable)
        .containsExactly(
            "GRA_SECRET_OURS_AWS_ACCESS_KEY_ID",
            "GRA_SECRET_OURS_AWS_SECRET_ACCESS_KEY",
            "GRA_SECRET_OURS_AWS_SESSION_TOKEN");
    assertThat(unlike.files().get("config"))
        .isEqualTo(
            """
            [profile trips]
            region = us-east-1
            endpoint_url = http://s3:9000
            credential_process = /bin/sh "/aws/credentials.sh" OURS

            [profile zones]
            region = us-east-1
            endpoint_url = http://other:9000
            credential_process = /bin/sh "/aws/credentials.sh" OURS
            """);
  }

  private static DatasetEnvironment environment(Dataset... datasets) {
    return new DatasetEnvironment(new Datasets(List.of(datasets)), "/aws");
  }
}
