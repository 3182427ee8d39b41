package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Data in a real S3 server, mounted by s3fs for the local runtime's sandboxes. */
@Tag("s3")
@TestInstance(Lifecycle.PER_CLASS)
class S3MountTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TRIPS = "/workspace/dataset/trips";

  private final S3Server s3 = S3Server.start("127.0.0.1");
  private final LocalGra gra = LocalGra.stopped();
  private Gractl gractl;
  private String expected;

  @BeforeAll
  void start() throws IOException {
    expected = s3.makeTrips(1);
    gractl = gra.gractl().with("PATH", s3.python() + "/bin:" + System.getenv("PATH"));
    gractl.run("local", "start", "--isolation", "bubblewrap").succeeded();
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

  private Outcome create(String runner, String bucket, String secret, String mount) {
    String dataset =
        "trips=s3://%s,endpoint=%s,secret=%s,mount=%s"
            .formatted(bucket, s3.endpoint(), secret, mount);
    return gractl.run("runners", "create", runner, "--dataset", dataset);
  }

  private Outcome sh(String runner, String line) {
    return gractl.run("exec", "--runner", runner, "--", "sh", "-c", line);
  }

  private static final String SUMMARY =
      """
      import duckdb, pandas
      path = "/workspace/dataset/trips/trips.parquet"
      cents = pandas.read_parquet(path, columns=["cents"])["cents"]
      print(len(cents), cents.sum())
      print(*duckdb.execute("select count(*), sum(cents) from read_parquet($1)", [path]).fetchone())
      """;

  @Test
  void pandas_and_duckdb_read_it_as_a_file_that_nobody_writes_to_and_sync_leaves_alone()
      throws IOException {
    create("files", "trips/2024", "ours", TRIPS).succeeded();

    Outcome summary = gractl.run("exec", "--runner", "files", "--code", SUMMARY).succeeded();

    assertThat(summary.out()).isEqualTo(expected + "\n" + expected + "\n");
    for (String write : List.of(": >trips/x", "rm trips/trips.parquet", ": >y", "chmod 755 .")) {
      assertThat(sh("files", "cd dataset && " + write).exitedWith(anyBut0(write)).err())
          .as("%s", write)
          .contains("Read-only file system");
    }
    assertThat(gractl.run("runners", "get", "files", "-o", "json").succeeded().out())
        .contains("\"mount\" : \"" + TRIPS + "\"", "\"writable\" : false");
    try (var processes = ProcessHandle.allProcesses()) {
      assertThat(processes.map(process -> process.info().commandLine().orElse("")))
          .anyMatch(line -> line.contains("s3fs trips"))
          .noneMatch(line -> line.contains(S3Server.KEY));
    }
    Path tree = Files.createTempDirectory(gra.home(), "tree-");
    Files.writeString(tree.resolve("mine"), "");
    gractl.in(tree).run("sync", "--runner", "files", "--up", "--delete").succeeded();
    gractl.in(tree).run("sync", "--runner", "files", "--down").succeeded();
    assertThat(tree.resolve("dataset")).doesNotExist();
  }

  private static int anyBut0(String write) {
    return write.startsWith(":") ? 2 : 1;
  }

  @Test
  void what_s3_refuses_is_told_when_the_runner_is_made() {
    assertThat(create("wrong", "trips/2024", "wrong", TRIPS).exitedWith(125).err())
        .contains("dataset trips can't be mounted: invalid credentials(host=" + s3.endpoint());
    assertThat(create("wrong", "no-such-bucket", "ours", TRIPS).exitedWith(125).err())
        .contains("dataset trips can't be mounted: bucket or key not found");
    assertThat(create("wrong", "trips", "ours", "/workspace/trips").exitedWith(2).err())
        .contains("spec.datasets.mount");
    assertThat(gractl.run("runners", "list").succeeded().out()).doesNotContain("wrong");
  }

  @Test
  void what_commands_write_where_they_may_is_there_and_stays_when_the_runner_goes()
      throws IOException {
    Path there = s3.trips().resolveSibling("out");
    Files.createDirectories(there);
    create("writes", "trips/2024/out", "ours", TRIPS + ",writable=true").succeeded();

    sh("writes", "echo results >" + TRIPS + "/a && mkdir " + TRIPS + "/b").succeeded();

    assertThat(there.resolve("a")).hasContent("results");
    gractl.run("runners", "delete", "writes").succeeded();
    assertThat(there.resolve("a")).hasContent("results");
  }

  /** A line for each time that what it finds is another: what is there, or the error. */
  private static final String WATCH =
      """
      import os, sys, time
      path, last = "/workspace/dataset/trips", None
      while True:
          try:
              now = f"{len(os.listdir(path))} files"
              with open(path + "/watched", "rb") as file:
                  now += f", {len(file.read())} bytes"
          except FileNotFoundError:
              now += ", not mine"
          except OSError as e:
              now = "error"
          if now != last:
              print(now, flush=True)
          last = now
          time.sleep(0.01)
      """;

  @Test
  void an_s3fs_that_dies_is_an_error_until_it_is_mounted_again_and_never_nothing()
      throws IOException {
    Path there = Files.createDirectories(s3.trips().resolveSibling("watch"));
    Files.writeString(there.resolve("watched"), "data");
    create("watch", "trips/2024/watch", "ours", TRIPS).succeeded();
    try (var running = gractl.start("exec", "--runner", "watch", "--code", WATCH);
        BufferedReader out =
            new BufferedReader(new InputStreamReader(running.process().getInputStream(), UTF_8))) {
      for (int i = 0; i < 2; i++) {
        assertThat(out.readLine()).isEqualTo("1 files, 4 bytes");
        kill("s3fs trips /2024/watch");
        assertThat(out.readLine()).isEqualTo("error");
      }
      assertThat(out.readLine()).isEqualTo("1 files, 4 bytes");
      ProcessHandle grad = ProcessHandle.of(gra.pid()).orElseThrow();
      grad.destroyForcibly();
      await().atMost(PATIENCE).until(() -> !grad.isAlive());
      gractl.run("local", "start", "--isolation", "bubblewrap").succeeded();
      assertThat(sh("watch", "cat " + TRIPS + "/watched").succeeded().out()).isEqualTo("data");
      gractl.run("runners", "delete", "watch").succeeded();
      assertThat(out.readLine()).isNull();
    }
    await().atMost(PATIENCE).until(() -> processes("s3fs trips /2024/watch").isEmpty());
  }

  private static List<ProcessHandle> processes(String command) {
    try (var processes = ProcessHandle.allProcesses()) {
      return processes
          .filter(
              process ->
                  process.info().command().orElse("").endsWith("/s3fs")
                      && process.info().commandLine().orElse("").contains(command + " "))
          .toList();
    }
  }

  private static void kill(String command) {
    assertThat(processes(command)).hasSize(1).allMatch(ProcessHandle::destroyForcibly);
  }

  /** Reads on at each line of stdin. */
  private static final String READ =
      """
      import os, sys
      path = "/workspace/dataset/trips"
      file = os.open(path + "/trips.parquet", os.O_RDONLY)
      place = 0
      for line in sys.stdin:
          try:
              data = os.pread(file, 1000, place)
              print(len(data), len(os.listdir(path)) > 0, flush=True)
              place += 3000000
          except OSError as e:
              print("error", e.errno, flush=True)
      """;

  @Test
  void a_server_that_goes_in_the_middle_is_an_error_and_what_is_read_when_it_is_back_is_right()
      throws IOException {
    create("middle", "trips/2024", "ours", TRIPS).succeeded();
    try (var running = gractl.start("exec", "--runner", "middle", "-i", "--code", READ);
        OutputStream stdin = running.process().getOutputStream();
        BufferedReader out =
            new BufferedReader(new InputStreamReader(running.process().getInputStream(), UTF_8))) {
      assertThat(next(stdin, out)).isEqualTo("1000 True");
      s3.end();
      assertThat(next(stdin, out)).isEqualTo("error 5");
      s3.begin();
      assertThat(next(stdin, out)).isEqualTo("1000 True");
    } finally {
      s3.begin();
    }
    Outcome summary = gractl.run("exec", "--runner", "middle", "--code", SUMMARY).succeeded();
    assertThat(summary.out()).isEqualTo(expected + "\n" + expected + "\n");
  }

  private static String next(OutputStream stdin, BufferedReader out) throws IOException {
    stdin.write('\n');
    stdin.flush();
    return out.readLine();
  }
}
