package dev.gra.grad.status;

import dev.gra.grad.runner.RunnerState;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** An overview as HTML. */
final class Page {
  /** A mark for the browser's tab, within the page. */
  private static final String ICON =
      "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
          + "%3Crect width='16' height='16' rx='4' fill='%232456a6'/%3E"
          + "%3Cpath d='M4 5l3 3-3 3M8.5 11H12' fill='none' stroke='white' stroke-width='1.6'/%3E"
          + "%3C/svg%3E";

  private final Overview overview;
  private final String version;
  private final Tables tables;
  private final Html html = new Html();

  private Page(Overview overview, String version, TraceUrl traces) {
    this.overview = overview;
    this.version = version;
    this.tables = new Tables(html, overview, traces);
  }

  static String of(Overview overview, String version, TraceUrl traces) {
    return new Page(overview, version, traces).render();
  }

  private String render() {
    html.open("html", "lang", "en");
    head();
    html.open("body");
    header();
    html.open("main");
    trouble();
    summary();
    tables.running();
    tables.runners();
    tables.endings();
    html.close();
    html.close();
    return html.close().line().toString();
  }

  private void head() {
    html.open("head")
        .single("meta", "charset", "utf-8")
        .single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
        .single("meta", "name", "color-scheme", "content", "light dark")
        .element("title", "grad: " + running() + ", " + runners())
        .single("link", "rel", "icon", "href", ICON)
        .single("link", "rel", "stylesheet", "href", "/status/style.css")
        .element("script", "", "src", "/status/live.js", "defer", "")
        .open("noscript")
        .single("meta", "http-equiv", "refresh", "content", "5")
        .close()
        .close()
        .line();
  }

  private void header() {
    var capabilities = overview.capabilities();
    html.open("header")
        .open("div")
        .element("h1", "grad")
        .open("p")
        .text(version + " · " + capabilities.runtime())
        .text(" · isolation " + capabilities.isolation())
        .text(" · up " + Words.age(Duration.between(overview.started(), overview.now())))
        .close()
        .close()
        .open("p", "id", "who")
        .element("span", overview.viewer().self().subject())
        .element("small", overview.viewer().admin() ? "admin: everybody's" : "your own")
        .close()
        .open("p", "id", "live")
        .text("as of ")
        .element(
            "time",
            Words.time(overview.now()).substring(11, 19) + " UTC",
            "datetime",
            Words.time(overview.now()))
        .close()
        .close()
        .line();
  }

  private void trouble() {
    overview
        .trouble()
        .ifPresent(
            why -> html.element("p", "The runners can't be listed: " + why, "role", "alert"));
  }

  private void summary() {
    html.open("nav", "aria-label", "Summary");
    card("#running", overview.execs().size(), "running", inRunners());
    card(
        "#runners",
        overview.runners().size(),
        overview.runners().size() == 1 ? "runner" : "runners",
        states());
    card(
        "#endings",
        overview.endings().size(),
        overview.endings().size() == 1 ? "recent ending" : "recent endings",
        endings());
    html.close().line();
  }

  private void card(String section, long number, String name, String detail) {
    html.open("a", "href", section)
        .element("strong", String.format(Locale.ROOT, "%,d", number))
        .element("span", name)
        .element("small", detail)
        .close();
  }

  private String running() {
    return overview.execs().size() + " running";
  }

  private String runners() {
    return Words.count(overview.runners().size(), "runner", "runners");
  }

  private String inRunners() {
    int runners = overview.running().size();
    return runners == 0 ? "nothing now" : "in " + Words.count(runners, "runner", "runners");
  }

  private String states() {
    if (overview.runners().isEmpty()) {
      return "none yet";
    }
    Map<RunnerState, Long> counts =
        overview.runners().stream()
            .collect(
                Collectors.groupingBy(
                    runner -> runner.state(), TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(
            each ->
                String.format(Locale.ROOT, "%,d %s", each.getValue(), Tables.word(each.getKey())))
        .collect(Collectors.joining(", "));
  }

  private String endings() {
    if (overview.endings().isEmpty()) {
      return "none yet";
    }
    long well =
        overview.endings().stream().filter(past -> Tone.of(past.ending()) == Tone.GOOD).count();
    return well == overview.endings().size()
        ? "all exit 0"
        : String.format(
            Locale.ROOT, "%,d exit 0, %,d otherwise", well, overview.endings().size() - well);
  }
}
