package dev.gra.grad.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.fixture.Chromium;
import dev.gra.grad.fixture.Tab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page as it is seen. Its pictures are left in target/status. */
@Tag("browser")
class StatusLooksTest {
  private static final Path PICTURES = Path.of("target", "status");
  private static final String HOSTILE =
      "<script>document.title='owned'</script>\"'><img src=x onerror=\"document.title='owned'\">"
          + "<a href=javascript:alert(1)>\u202E";

  private static Chromium chromium;

  @BeforeAll
  static void start() throws IOException {
    chromium = Chromium.start();
    Files.createDirectories(PICTURES);
  }

  @AfterAll
  static void stop() throws Exception {
    chromium.close();
  }

  private static byte[] picture(Overview overview, String name, int width, int height, boolean dark)
      throws Exception {
    try (DemoServer server = new DemoServer(overview)) {
      Tab tab = chromium.tab().size(width, height, 1).dark(dark).open(server.address());
      byte[] png = tab.screenshot();
      Files.write(PICTURES.resolve(name + ".png"), png);
      assertThat(tab.complaints()).isEmpty();
      assertThat(tab.evaluate("document.documentElement.scrollWidth"))
          .as("no scrolling sideways")
          .isEqualTo(width);
      return png;
    }
  }

  @Test
  void it_is_light_or_dark_as_the_person_likes() throws Exception {
    byte[] light = picture(Demo.some(), "light", 1180, 1250, false);
    byte[] dark = picture(Demo.some(), "dark", 1180, 1250, true);

    assertThat(light).isNotEqualTo(dark);
  }

  @Test
  void it_fits_a_phone_a_tablet_and_a_wide_screen() throws Exception {
    for (int width : List.of(320, 390, 768, 1024, 1920)) {
      picture(Demo.some(), "wide-" + width, width, 844, false);
      picture(Demo.many(200), "many-" + width, width, 844, true);
      picture(Demo.hostile(HOSTILE), "hostile-" + width, width, 844, false);
    }
  }

  @Test
  void an_empty_one_says_what_to_do() throws Exception {
    picture(Demo.empty(), "empty", 1180, 800, false);
    try (DemoServer server = new DemoServer(Demo.empty())) {
      Tab tab = chromium.tab().open(server.address());
      assertThat(tab.evaluate("document.querySelector('main').innerText").toString())
          .contains("Nothing runs. Try: gractl exec -- uname -a")
          .contains("No runners. Try: gractl runners create tour");
    }
  }

  @Test
  void a_thousand_runners_are_shown() throws Exception {
    picture(Demo.many(1_000), "thousand", 1180, 900, false);
    try (DemoServer server = new DemoServer(Demo.many(1_000))) {
      Tab tab = chromium.tab().open(server.address());
      assertThat(tab.evaluate("document.querySelectorAll('#runners tbody tr').length"))
          .isEqualTo(1_000);
    }
  }

  @Test
  void hostile_names_are_text() throws Exception {
    try (DemoServer server = new DemoServer(Demo.hostile(HOSTILE))) {
      Tab tab = chromium.tab().open(server.address());
      assertThat(
              tab.evaluate("document.querySelectorAll('img, main script, a[href^=java]').length"))
          .isEqualTo(0);
      assertThat(tab.evaluate("document.title")).isEqualTo("grad: 1 running, 1 runner");
      assertThat(tab.evaluate("document.querySelector('#endings th code').textContent"))
          .isEqualTo(HOSTILE.replace('\u202E', '\uFFFD'));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> "live".equals(tab.evaluate("document.body.className")));
      assertThat(tab.complaints()).isEmpty();
    }
  }

  @Test
  void its_colours_can_be_read() throws Exception {
    for (boolean dark : List.of(false, true)) {
      try (DemoServer server = new DemoServer(Demo.some())) {
        Tab tab = chromium.tab().dark(dark).open(server.address());
        assertThat((Map<?, ?>) tab.evaluate(Contrast.SCRIPT)).as("contrasts below 4.5").isEmpty();
      }
    }
  }

  @Test
  void it_says_when_grad_is_gone() throws Exception {
    Tab tab;
    try (DemoServer server = new DemoServer(Demo.some())) {
      tab = chromium.tab().open(server.address());
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> "stale".equals(tab.evaluate("document.body.className")));
    assertThat(tab.evaluate("getComputedStyle(document.querySelector('#live'),'::before').content"))
        .isEqualTo("\"No answer, \"");
  }
}
