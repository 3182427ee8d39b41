package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large copies, and what comes between. */
class CopyTest {
  private static final int CHUNK = 1 << 20;
  private static final int CHUNKS = 64;

  private static LocalGra gra;

  /** Each test's own, and so its runner's too. */
  @TempDir Path directory;

  @BeforeAll
  static void start() {
    gra = LocalGra.started();
  }

  @AfterAll
  static void stop() {
    gra.close();
  }

  private Gractl gractl() {
    return gra.gractl().in(directory);
  }

  /** By a way that breaks. */
  private Gractl through(CuttingProxy proxy) {
    return gractl()
        .with("GRA_SERVER", proxy.address())
        .with("GRA_TOKEN_FILE", gra.home().resolve("token").toString());
  }

  private CuttingProxy proxy(int cuts) {
    return CuttingProxy.before(gra, 15L << 20, cuts);
  }

  /** Random bytes in a file; answers their SHA-256. */
  private static String fill(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Random random = new Random(1);
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
      for (int i = 0; i < CHUNKS; i++) {
        random.nextBytes(chunk);
        out.write(chunk);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private String sumThere(String path) {
    return gractl().run("exec", "--", "sha256sum", path).succeeded().out().substring(0, 64);
  }

  private static String sumHere(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      Files.copy(file, out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Test
  void a_file_is_exact_after_three_cuts_on_its_way_up_and_three_down() throws Exception {
    String sum = fill(directory.resolve("data"));

    try (CuttingProxy proxy = proxy(3)) {
      through(proxy).run("cp", "data", ":there").succeeded();
      assertThat(proxy.cuts()).isEqualTo(3);
    }
    assertThat(sumThere("there")).isEqualTo(sum);

    try (CuttingProxy proxy = proxy(3)) {
      through(proxy).run("cp", ":there", "back").succeeded();
      assertThat(proxy.cuts()).isEqualTo(3);
    }
    assertThat(sumHere(directory.resolve("back"))).isEqualTo(sum);
  }

  @Test
  void a_stream_is_exact_after_three_cuts_on_its_way_up_and_three_down() throws Exception {
    String sum = fill(directory.resolve("data"));

    try (CuttingProxy proxy = proxy(3)) {
      through(proxy).stdin(directory.resolve("data")).run("cp", "-", ":there").succeeded();
      assertThat(proxy.cuts()).isEqualTo(3);
    }
    assertThat(sumThere("there")).isEqualTo(sum);

    try (CuttingProxy proxy = proxy(3);
        Gractl.Running down = through(proxy).start("cp", ":there", "-")) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
        down.process().getInputStream().transferTo(out);
      }
      assertThat(down.exitCode()).as(down.err()).isZero();
      assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(sum);
      assertThat(proxy.cuts()).isEqualTo(3);
    }
  }

  @Test
  void a_killed_gractl_s_upload_puts_nothing_half_in_its_place_and_the_next_is_whole()
      throws Exception {
    String sum = fill(directory.resolve("data"));
    try (CuttingProxy proxy = proxy(0);
        Gractl.Running killed = through(proxy).start("cp", "data", ":there")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> proxy.passed() > 20L << 20);
      killed.process().destroyForcibly().waitFor();
    }

    assertThat(gractl().run("exec", "--", "ls").succeeded().out()).isEmpty();
    String orphan = onlyCopy();
    gractl().run("cp", "data", ":there").succeeded();

    assertThat(sumThere("there")).isEqualTo(sum);
    gractl().run("execs", "cancel", orphan).succeeded();
    assertThat(gractl().run("exec", "--", "ls", "-A").succeeded().out()).isEqualTo("there\n");
  }

  @Test
  void a_killed_gractl_s_download_leaves_nothing_here() throws Exception {
    fill(directory.resolve("data"));
    gractl().run("cp", "data", ":there").succeeded();
    Path target = Files.createDirectory(directory.resolve("target"));
    try (CuttingProxy proxy = proxy(0);
        Gractl.Running killed = through(proxy).start("cp", ":there", "target/")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> proxy.passed() > 20L << 20);
      killed.process().destroyForcibly().waitFor();
    }

    await().untilAsserted(() -> assertThat(target).isEmptyDirectory());
  }

  @Test
  void who_reads_no_more_of_a_download_ends_it_without_a_word() throws Exception {
    String make = "head -c 50000000 /dev/zero >big";
    gractl().run("exec", "--", "sh", "-c", make).succeeded();
    try (Gractl.Running head = gractl().start("cp", ":big", "-")) {
      assertThat(head.process().getInputStream().readNBytes(10)).hasSize(10);
      head.process().getInputStream().close();

      assertThat(head.exitCode()).isEqualTo(141);
      assertThat(head.err()).isEmpty();
    }
  }

  @Test
  void what_can_t_be_read_here_or_written_there_is_told() throws IOException {
    assertThat(gractl().run("cp", "nowhere", ":").exitedWith(125).err())
        .isEqualTo("gractl: cp: nowhere: no such file or directory.\n");
    Files.writeString(directory.resolve("small"), "small");
    String full = "/proc/none";
    assertThat(gractl().run("cp", "small", ":" + full).exitedWith(125).err())
        .contains("gractl: cp: mktemp: ");
  }

  private String onlyCopy() {
    Map<String, Object> listed = gractl().run("execs", "list", "-o", "json").succeeded().json();
    List<String> copies =
        ((List<?>) listed.get("execs"))
            .stream()
                .map(exec -> String.valueOf(((Map<?, ?>) exec).get("execId")))
                .filter(id -> id.startsWith("cp-"))
                .toList();
    assertThat(copies).hasSize(1);
    return copies.getFirst();
  }
}
