package dev.gra.grad.status;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** A page's three tables. Their cells' names on a narrow screen are in style.css, by position. */
final class Tables {
  /** As many rows as a page stays fast with. */
  static final int MOST_ROWS = 1_000;

  private final Html html;
  private final Overview overview;
  private final TraceUrl traces;

  Tables(Html html, Overview overview, TraceUrl traces) {
    this.html = html;
    this.overview = overview;
    this.traces = traces;
  }

  void running() {
    section("running", "Running", note());
    if (overview.execs().isEmpty()) {
      empty("Nothing runs.", "gractl exec -- uname -a");
    } else {
      table(
          List.of("Command", "Runner", "Client", "For", "stdin", "stdout", "stderr", "Trace"),
          overview.execs(),
          this::running);
    }
    html.close().line();
  }

  void runners() {
    section("runners", "Runners", overview.runners().isEmpty() ? "" : "Newest first.");
    if (overview.runners().isEmpty()) {
      empty("No runners.", "gractl runners create tour");
    } else {
      Map<RunnerUid, Long> running = overview.running();
      table(
          List.of("Runner", "State", "Running", "Preset", "Age", "Ends when idle for"),
          overview.runners(),
          runner -> runner(runner, running));
    }
    html.close().line();
  }

  void endings() {
    section(
        "endings",
        "Recent endings",
        "The last "
            + RecentEndings.MOST
            + " that this grad heard of since it started, newest first. "
            + "Each runner has its own in full: gractl execs list.");
    if (overview.endings().isEmpty()) {
      empty("None yet.", "gractl exec -- true");
    } else {
      table(
          List.of("Command", "Runner", "Ending", "Ended", "Took", "stdout", "stderr", "Trace"),
          overview.endings(),
          this::ending);
    }
    html.close().line();
  }

  /** A state as people read it. */
  static String word(RunnerState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private String note() {
    int silent = overview.asked() - overview.answered().size();
    long ready =
        overview.runners().stream().filter(runner -> runner.state() == RunnerState.READY).count();
    String unasked =
        ready > overview.asked()
            ? "Of the "
                + Words.count(ready, "ready runner", "ready runners")
                + " the newest "
                + overview.asked()
                + " were asked; of the others it is what goes through this grad. "
            : "";
    return silent == 0
        ? unasked
        : unasked + Words.count(silent, "runner", "runners") + " gave no answer in time.";
  }

  private void section(String id, String title, String note) {
    html.open("section", "id", id, "aria-labelledby", id + "-title")
        .element("h2", title, "id", id + "-title");
    if (!note.isEmpty()) {
      html.element("p", note.strip(), "class", "note");
    }
  }

  private void empty(String what, String command) {
    html.open("p", "class", "empty").text(what + " Try: ").element("code", command).close();
  }

  private <T> void table(List<String> columns, List<T> rows, Consumer<T> row) {
    html.open("table").open("thead").open("tr");
    columns.forEach(column -> html.element("th", column, "scope", "col"));
    html.close().close().open("tbody").line();
    rows.stream()
        .limit(MOST_ROWS)
        .forEach(
            each -> {
              html.open("tr");
              row.accept(each);
              html.close().line();
            });
    html.close().close();
    if (rows.size() > MOST_ROWS) {
      String rest = Words.count(rows.size() - MOST_ROWS, "more is", "more are");
      html.element("p", "And " + rest + " not shown.", "class", "note");
    }
  }

  private void running(LiveExec exec) {
    command(exec.command(), exec.where().execId());
    runnerCell(exec.where());
    html.open("td");
    exec.client()
        .ifPresentOrElse(
            client -> {
              html.text(client.address());
              if (!client.by().equals(exec.where().owner().subject())) {
                html.element("small", "by " + client.by());
              }
            },
            () -> html.text("–"));
    html.close();
    age(exec.since());
    exec.stdin().ifPresentOrElse(this::bytes, () -> html.element("td", "–"));
    bytes(exec.stdout());
    bytes(exec.stderr());
    trace(exec.trace());
  }

  private void runner(Runner runner, Map<RunnerUid, Long> running) {
    html.open("th", "scope", "row").text(runner.name().value());
    owner(runner.owner());
    html.close().open("td");
    Tone.of(runner.state()).badge(html, word(runner.state()));
    if (!runner.message().isEmpty()) {
      html.element("small", runner.message());
    }
    html.close();
    boolean known = overview.answered().contains(runner.uid()) || running.containsKey(runner.uid());
    html.element("td", known ? Long.toString(running.getOrDefault(runner.uid(), 0L)) : "–");
    html.element("td", runner.spec().preset().label());
    age(runner.created());
    html.element("td", runner.spec().idleTimeout().after().map(Words::age).orElse("never"));
  }

  private void ending(PastExec past) {
    command(past.command(), past.where().execId());
    runnerCell(past.where());
    html.open("td");
    Tone.of(past.ending()).badge(html, Words.ending(past.ending()));
    html.close();
    html.open("td");
    time(past.heard(), " ago");
    html.close();
    html.element("td", Words.took(past.took()));
    bytes(past.stdout());
    bytes(past.stderr());
    trace(past.trace());
  }

  private void command(String command, String execId) {
    html.open("th", "scope", "row");
    if (!command.isEmpty()) {
      html.element("code", command);
    }
    html.element("small", execId).close();
  }

  private void runnerCell(Where where) {
    html.open("td").text(where.runner().value());
    owner(where.owner());
    html.close();
  }

  /** Whose it is, unless the viewer sees their own only. */
  private void owner(Owner owner) {
    if (overview.viewer().admin()) {
      html.element("small", owner.subject());
    }
  }

  private void age(Instant since) {
    html.open("td");
    time(since, "");
    html.close();
  }

  private void time(Instant when, String ago) {
    html.element(
        "time",
        Words.age(Duration.between(when, overview.now())) + ago,
        "datetime",
        Words.time(when));
  }

  private void bytes(long bytes) {
    html.open("td").element("data", Words.bytes(bytes), "value", Long.toString(bytes)).close();
  }

  private void trace(String trace) {
    html.open("td");
    traces
        .of(trace)
        .ifPresentOrElse(
            address ->
                html.element(
                    "a",
                    trace.substring(0, 8),
                    "href",
                    address,
                    "rel",
                    "noreferrer noopener",
                    "target",
                    "_blank"),
            () ->
                html.text(trace.isEmpty() ? "–" : trace.substring(0, Math.min(8, trace.length()))));
    html.close();
  }
}
