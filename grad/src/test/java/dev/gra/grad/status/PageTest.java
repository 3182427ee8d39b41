package dev.gra.grad.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gra.grad.audit.Argv;
import dev.gra.v1.Exec;
import dev.gra.v1.Start;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageTest {
  private static String page(Overview overview) {
    return Page.of(overview, "0.1.0", Demo.TRACES);
  }

  @Test
  void hostile_names_are_text_wherever_they_stand() {
    String page = page(Demo.hostile("<b>x</b>&\"'\u202E</th>"));

    assertThat(page)
        .contains("&lt;b&gt;x&lt;/b&gt;&amp;&quot;&#39;\uFFFD&lt;/th&gt;")
        .doesNotContain("<b>", "\u202E", "&<", "\"'");
  }

  @Test
  void what_isn_t_seen_is_shown_as_such() {
    assertThat(
            new Html().element("p", "a\u0000\u0007\u200B\uFEFF\nb", "title", "\u2066\"").toString())
        .endsWith("<p title=\"\uFFFD&quot;\">a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb</p>");
  }

  @Test
  void a_page_of_a_thousand_runners_is_quick_and_below_500_kB() {
    Overview overview = Demo.many(1_000);
    String page = page(overview);

    // The best of a few: other work on the machine is not the page's.
    assertThat(IntStream.range(0, 20).mapToLong(_ -> nanos(overview)).min().orElseThrow())
        .isLessThan(200_000_000);
    assertThat(page.getBytes(UTF_8)).hasSizeLessThan(500_000);
    assertThat(page).contains("workspace-0<", "workspace-999<").doesNotContain("not shown");
  }

  private static long nanos(Overview overview) {
    long begin = System.nanoTime();
    page(overview);
    return System.nanoTime() - begin;
  }

  @Test
  void more_runners_than_a_page_has_rows_for_are_told() {
    assertThat(page(Demo.many(1_200)))
        .contains("And 200 more are not shown.", "workspace-999<")
        .doesNotContain("workspace-1000<")
        .contains("the newest 50 were asked");
  }

  @Test
  void an_empty_page_says_what_to_do() {
    assertThat(page(Demo.empty()))
        .contains("<code>gractl exec -- uname -a</code>")
        .contains("<code>gractl runners create tour</code>")
        .doesNotContain("<table>");
  }

  @Test
  void every_table_s_columns_and_rows_have_heads() {
    assertThat(page(Demo.some()).split("<tbody>", -1)).hasSize(4);
    assertThat(page(Demo.some()))
        .contains(
            "<html lang=\"en\">", "<title>grad: 3 running, 5 runners</title>", "<h1>grad</h1>")
        .contains("<th scope=\"col\">stdout</th>", "<th scope=\"row\"><code>sleep 600</code>");
  }

  @Test
  void a_command_has_as_many_words_as_the_audit_log_s() {
    Start start = Start.newBuilder().addAllArgv(List.of("curl", "-u", "me:secret")).build();
    Exec exec = Exec.newBuilder().setCommand("curl -u me:secret").build();

    assertThat(new Commands(Argv.NONE).of(start)).isEmpty();
    assertThat(new Commands(Argv.NONE).of(exec)).isEmpty();
    assertThat(new Commands(Argv.PROGRAM).of(start)).isEqualTo("curl");
    assertThat(new Commands(Argv.PROGRAM).of(exec)).isEqualTo("curl");
    assertThat(new Commands(Argv.ALL).of(start)).isEqualTo("curl -u me:secret");
    assertThat(new Commands(Argv.ALL).of(exec)).isEqualTo("curl -u me:secret");
    Start long_ = Start.newBuilder().addArgv("\uD83D\uDC27".repeat(500)).build();
    assertThat(new Commands(Argv.ALL).of(long_)).isEqualTo("\uD83D\uDC27".repeat(99) + "…");
  }

  @Test
  void a_trace_s_address_is_of_the_web_and_its_id_is_one() {
    assertThat(Demo.TRACES.of("0123456789abcdef0123456789abcdef"))
        .hasValue("http://localhost:16686/trace/0123456789abcdef0123456789abcdef");
    assertThat(Demo.TRACES.of("../evil")).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceUrl("javascript:alert('{trace}')"));
  }

  @Test
  void figures_are_as_people_read_them() {
    assertThat(List.of(0L, 1023L, 1024L, 1_048_575L, 1L << 20, 734_003_200L, 5L << 40))
        .map(Words::bytes)
        .containsExactly("0 B", "1023 B", "1.0 KiB", "1.0 MiB", "1.0 MiB", "700.0 MiB", "5.0 TiB");
    assertThat(List.of("PT0S", "PT59S", "PT1M", "PT61S", "PT3H5M7S", "PT50H"))
        .map(text -> Words.age(Duration.parse(text)))
        .containsExactly("0 s", "59 s", "1 min", "1 min 1 s", "3 h 5 min", "2 d 2 h");
    assertThat(List.of("PT0.006S", "PT1.25S", "PT61S"))
        .map(text -> Words.took(Duration.parse(text)))
        .containsExactly("6 ms", "1.3 s", "1 min 1 s");
  }
}
