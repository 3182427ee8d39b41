package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Data in a real S3 server, read by the local runtime's runners. */
@Tag("s3")
@TestInstance(Lifecycle.PER_CLASS)
class S3DataTest {
  private static final int MILLIONS = 13;
  private static final String SUMMARY = "examples/s3/summary.py";

  private final S3Server s3 = S3Server.start("127.0.0.1");
  private final LocalGra gra = LocalGra.stopped();
  private Gractl gractl;
  private String expected;

  @BeforeAll
  void start() throws IOException {
    expected = s3.makeTrips(MILLIONS);
    // grad shows its runners the Python that is first on its PATH.
    gractl = gra.gractl().with("PATH", s3.python() + "/bin:" + System.getenv("PATH"));
    gractl.run("local", "start", "--isolation", LocalGra.isolation()).succeeded();
    secret("ours", S3Server.KEY);
    secret("wrong", "not-it");
  }

  @AfterAll
  void close() {
    try {
      gra.close();
    } finally {
      s3.close();
    }
  }

  private void secret(String name, String key) throws IOException {
    Path file = Files.createDirectories(gra.home().resolve("secrets")).resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        file, "AWS_ACCESS_KEY_ID=" + S3Server.KEY_ID + "\nAWS_SECRET_ACCESS_KEY=" + key + "\n");
  }

  private String dataset(String name, String bucket, String secret) {
    return "%s=s3://%s/2024,endpoint=%s,secret=%s".formatted(name, bucket, s3.endpoint(), secret);
  }

  private void create(String runner, String... datasets) {
    List<String> words =
        Stream.concat(
                Stream.of("runners", "create", runner),
                Stream.of(datasets).flatMap(dataset -> Stream.of("--dataset", dataset)))
            .toList();
    gractl.run(words.toArray(String[]::new)).succeeded();
  }

  private Outcome python(String runner, String code) {
    return gractl.run("exec", "--runner", runner, "--code", code);
  }

  private Outcome summary(String runner) {
    return gractl.run(
        "exec", "--runner", runner, "--file", Build.root().resolve(SUMMARY).toString());
  }

  @Test
  void pandas_and_duckdb_read_200_mb_of_parquet_by_its_address_and_nobody_sees_the_key()
      throws IOException {
    assertThat(Files.size(s3.trips())).isBetween(190_000_000L, 300_000_000L);
    create("trips", dataset("trips", "trips", "ours"));

    Outcome summary = summary("trips").succeeded();

    assertThat(summary.out()).startsWith("pandas " + expected + "\nduckdb " + expected + "\n");
    Outcome shown = gractl.run("runners", "get", "trips", "-o", "json").succeeded();
    assertThat(shown.out()).contains("\"secret\" : \"ours\"").doesNotContain(S3Server.KEY);
    for (Path file : gra.files()) {
      if (!file.startsWith("secrets") && Files.isRegularFile(gra.home().resolve(file))) {
        assertThat(
                Files.readString(
                    gra.home().resolve(file), java.nio.charset.StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(S3Server.KEY);
      }
    }
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      assertThat(processes.map(process -> process.info().commandLine().orElse("")))
          .noneMatch(line -> line.contains(S3Server.KEY));
    }
  }

  @Test
  void pandas_and_duckdb_read_200_mb_of_parquet_as_a_file() {
    create("files", dataset("trips", "trips", "ours") + ",mount=/workspace/dataset/trips");

    assertThat(python("files", MOUNTED).succeeded().out())
        .isEqualTo(expected + "\n" + expected + "\n");
  }

  private static final String MOUNTED =
      """
      import duckdb, pandas
      path = "/workspace/dataset/trips/trips.parquet"
      cents = pandas.read_parquet(path)["cents"]
      print(len(cents), cents.sum())
      print(*duckdb.execute("select count(*), sum(cents) from read_parquet($1)", [path]).fetchone())
      """;

  @Test
  void a_dataset_that_is_not_the_first_is_read_by_its_profile() {
    create("second", dataset("locked", "trips", "wrong"), dataset("open", "trips", "ours"));
    String read =
        """
        import os, pandas
        address = os.environ["GRA_DATASET_OPEN"] + "/trips.parquet"
        print(len(pandas.read_parquet(address, columns=["cents"], storage_options=%s)))
        """;

    assertThat(python("second", read.formatted("{'profile': 'open'}")).succeeded().out())
        .isEqualTo(MILLIONS + "000000\n");
    assertThat(python("second", read.formatted("{'profile': 'locked'}")).exitedWith(1).err())
        .containsIgnoringCase("forbidden");
  }

  @Test
  void a_wrong_key_is_denied_to_pandas_and_duckdb() {
    create("denied", dataset("trips", "trips", "wrong"));

    Outcome pandas = summary("denied").exitedWith(1);
    assertThat(pandas.out()).isEmpty();
    assertThat(pandas.err()).contains("ACCESS_DENIED");
    Outcome duckdb = python("denied", DUCKDB).exitedWith(1);
    assertThat(duckdb.out()).isEmpty();
    assertThat(duckdb.err()).containsIgnoringCase("forbidden");
  }

  @Test
  void a_bucket_that_is_not_there_is_an_error_and_no_empty_table() {
    create("nowhere", dataset("trips", "no-such-bucket", "ours"));

    Outcome pandas = summary("nowhere").exitedWith(1);
    assertThat(pandas.out()).isEmpty();
    assertThat(pandas.err()).contains("no-such-bucket");
    Outcome duckdb = python("nowhere", DUCKDB).exitedWith(1);
    assertThat(duckdb.out()).isEmpty();
    assertThat(duckdb.err()).contains("The specified bucket does not exist");
  }

  private static final String DUCKDB =
      """
      import duckdb, fsspec, os
      duckdb.register_filesystem(fsspec.filesystem("s3"))
      address = os.environ["GRA_DATASET_TRIPS"] + "/trips.parquet"
      print(duckdb.execute("select count(*), sum(cents) from read_parquet($1)", [address]).fetchone())
      """;

  /** Reads part by part, each as often as it is told to, and never goes on without it. */
  private static final String PATIENT =
      """
      import os, sys
      from pyarrow import fs, parquet
      s3, path = fs.FileSystem.from_uri(os.environ["GRA_DATASET_TRIPS"] + "/trips.parquet")
      file = parquet.ParquetFile(s3.open_input_file(path))
      rows = cents = part = 0
      while part < file.num_row_groups:
          try:
              column = file.read_row_group(part)["cents"]
              rows, cents, part = rows + len(column), cents + sum(column.to_numpy().tolist()), part + 1
              print("part", part, flush=True)
          except OSError as e:
              print("error", type(e).__name__, flush=True)
          if part < 3:
              sys.stdin.readline()
      print(rows, cents, flush=True)
      """;

  @Test
  void a_server_that_goes_in_the_middle_is_an_error_and_what_is_read_when_it_is_back_is_right()
      throws IOException {
    create("patient", dataset("trips", "trips", "ours"));
    try (var running = gractl.start("exec", "--runner", "patient", "-i", "--code", PATIENT);
        OutputStream stdin = running.process().getOutputStream();
        BufferedReader out =
            new BufferedReader(new InputStreamReader(running.process().getInputStream(), UTF_8))) {
      assertThat(out.readLine()).isEqualTo("part 1");
      s3.end();
      Outcome duckdb = python("patient", DUCKDB).exitedWith(1);
      assertThat(duckdb.out()).isEmpty();
      assertThat(duckdb.err()).containsIgnoringCase("could not connect");
      next(stdin);
      assertThat(out.readLine()).startsWith("error ");
      s3.begin();
      String last = "";
      for (String line = next(stdin, out); line != null; line = next(stdin, out)) {
        last = line;
      }
      assertThat(last).as("%s", running.err()).isEqualTo(expected);
      assertThat(running.exitCode()).isZero();
    } finally {
      s3.begin();
    }
  }

  private static void next(OutputStream stdin) throws IOException {
    stdin.write('\n');
    stdin.flush();
  }

  private static String next(OutputStream stdin, BufferedReader out) throws IOException {
    next(stdin);
    return out.readLine();
  }

  @Test
  void what_is_no_dataset_is_refused_by_its_field_and_a_missing_secret_with_what_to_do() {
    Outcome bucket = gractl.run("runners", "create", "bad", "--dataset", "t=s3://Trips");
    assertThat(bucket.exitedWith(2).err()).contains("spec.datasets.bucket");
    Outcome secret =
        gractl.run("runners", "create", "bad", "--dataset", dataset("t", "trips", "no"));
    assertThat(secret.exitedWith(125).err())
        .contains("secret no of a dataset can't be used: there is no " + gra.home())
        .contains("Try: (umask 077; mkdir -p " + gra.home().resolve("secrets"));
  }
}
