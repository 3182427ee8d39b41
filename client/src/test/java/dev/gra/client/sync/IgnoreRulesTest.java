package dev.gra.client.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import dev.gra.client.workspace.WorkspacePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** rsync by our filters takes what git by the same rules does not ignore; git is the oracle. */
@Tag("tools")
class IgnoreRulesTest {
  private static final List<String> NAMES =
      List.of("a", "b", "ab", "a.o", "c d", "e ", "x*y", "[z]", "q\\r", "#h", "!n", "ü", "b?");
  private static final int RANDOM_RULES = 150;

  @TempDir static Path temp;
  private static Path tree;

  @BeforeAll
  static void layOut() throws Exception {
    tree = Files.createDirectories(temp.resolve("tree"));
    for (String first : NAMES) {
      Path directory = Files.createDirectories(tree.resolve("d" + first));
      Files.writeString(tree.resolve(first), "");
      for (String second : NAMES) {
        Files.writeString(directory.resolve(second), "");
      }
      for (String second : List.of("a", "b", "x*y")) {
        Path deeper = Files.createDirectories(directory.resolve("d" + second).resolve("da"));
        Files.writeString(deeper.resolve("a"), "");
        Files.writeString(deeper.resolve("b"), "");
        Files.writeString(deeper.resolveSibling("a"), "");
      }
    }
    run(List.of("git", "init", "--quiet", "--bare", temp.resolve("git").toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# a comment\n\n   \n",
        "a",
        "/a",
        "da/",
        "a/",
        "da/a",
        "da/da/",
        "/da/da",
        "*.o",
        "*\n!a",
        "*\n!*/\n!a",
        "/*\n!/da\n/da/*\n!/da/b",
        "da/\n!da/a",
        "!a\na",
        "**",
        "/**",
        "**/",
        "**/da/a",
        "**/**/a",
        "da/**",
        "da/**/",
        "da/**/a",
        "da/**/**/a",
        "/**/da/**/b",
        "d**b/a",
        "da/***/a",
        "a**",
        "d?/a",
        "d[ab]/a",
        "d[!a]/a",
        "d[^a]/a",
        "[[:alpha:]]",
        "[]a]",
        "[a",
        "[[]z]",
        "\\[z\\]",
        "[z]",
        "x\\*y",
        "x*y",
        "b\\?",
        "q\\\\r",
        "q\\\\*",
        "*\\\\r",
        "\\#h",
        "\\!n",
        "#h",
        "c d",
        "c d   ",
        "e ",
        "e\\ ",
        "e\\  ",
        "a\\",
        "ü",
        "[ü]",
        "a\r\nb\r\n",
        "/",
        "//a",
        "!",
      })
  void what_git_takes_rsync_takes(String rules) throws Exception {
    assertThat(byRsync(rules)).isEqualTo(byGit(rules));
  }

  @Test
  void so_it_is_with_any_rules() throws Exception {
    Random random = new Random(42);
    for (int i = 0; i < RANDOM_RULES; i++) {
      String rules = rules(random);
      assertThat(byRsync(rules)).as(rules).isEqualTo(byGit(rules));
    }
  }

  @Test
  void the_default_rules_are_understood() throws Exception {
    assertThat(byRsync(WorkspacePlan.defaultRules()))
        .isEqualTo(byGit(WorkspacePlan.defaultRules()));
    assertThat(IgnoreRules.filters(WorkspacePlan.defaultRules())).contains("- .git", "- .venv/");
  }

  @Test
  void a_rule_that_would_become_thousands_is_refused() {
    assertThatThrownBy(() -> IgnoreRules.filters("a/**/".repeat(12) + "b"))
        .isInstanceOf(GraException.class)
        .hasMessageContaining("**");
  }

  private static String rules(Random random) {
    List<String> pieces =
        List.of(
            "a", "b", "d", "da", "db", "*", "**", "?", "/", "/", "/**/", "[ab]", "x\\*y", "da/");
    StringBuilder rules = new StringBuilder();
    for (int line = random.nextInt(4); line >= 0; line--) {
      rules.append(random.nextInt(3) == 0 ? "!" : "");
      for (int piece = random.nextInt(4); piece >= 0; piece--) {
        rules.append(pieces.get(random.nextInt(pieces.size())));
      }
      rules.append('\n');
    }
    return rules.toString();
  }

  private static Set<String> byGit(String rules) throws Exception {
    Path file = Files.writeString(temp.resolve("rules"), rules);
    List<String> command = new ArrayList<>(List.of("git", "-c", "core.quotePath=false"));
    command.addAll(List.of("--git-dir=" + temp.resolve("git"), "--work-tree=" + tree));
    command.addAll(List.of("ls-files", "--others", "-z", "--exclude-from=" + file));
    return names(run(command), "\0");
  }

  private static Set<String> byRsync(String rules) throws Exception {
    String filters = String.join("\0", IgnoreRules.filters(rules));
    Path file = Files.writeString(temp.resolve("filters"), filters);
    List<String> command = new ArrayList<>(List.of("rsync", "-r", "--dry-run", "--8-bit-output"));
    command.addAll(List.of("--from0", "--filter=. " + file, "--out-format=%i %n"));
    command.addAll(List.of("./", temp.resolve("nowhere").toString()));
    Set<String> files = new TreeSet<>();
    for (String line : names(run(command), "\n")) {
      if (line.startsWith(">f")) {
        files.add(line.substring(line.indexOf(' ') + 1).replace("\\#134", "\\"));
      }
    }
    return files;
  }

  private static Set<String> names(String text, String separator) {
    Set<String> names = new TreeSet<>(List.of(text.split(separator, -1)));
    names.remove("");
    return names;
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Path errors = temp.resolve("errors");
    Process process =
        new ProcessBuilder(command).directory(tree.toFile()).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(command + Files.readString(errors)).isZero();
    return said;
  }
}
