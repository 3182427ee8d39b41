package bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures, told as they come and printed together in the end. */
public final class Report {
  /**
   * One figure.
   *
   * @param what what was measured
   * @param floor what it must keep; empty if nothing
   * @param measured the figure with its unit
   * @param beside a peer's figure of the same run; empty if there is none
   * @param kept whether the floor was kept
   */
  public record Row(String what, String floor, String measured, String beside, boolean kept) {}

  private final List<Row> rows = new ArrayList<>();

  public void add(String what, String floor, String measured, String beside, boolean kept) {
    rows.add(new Row(what, floor, measured, beside, kept));
    String more = beside.isEmpty() ? "" : "   (" + beside + ")";
    System.err.printf(
        "  %-44s %s%s%s%n", what, measured, more, kept ? "" : "   ** " + floor + " **");
  }

  /** A figure without a floor. */
  public void tell(String what, String measured, String beside) {
    add(what, "", measured, beside, true);
  }

  public boolean allKept() {
    return rows.stream().allMatch(Row::kept);
  }

  /** As Markdown, to be pasted where it is wanted. */
  public String table() {
    StringBuilder table = new StringBuilder(machine()).append("\n\n");
    table.append("| what | floor | measured | beside, in the same run |\n|---|---|---|---|\n");
    for (Row row : rows) {
      String measured = row.kept ? row.measured : "**" + row.measured + "** (missed)";
      table.append("| %s | %s | %s | %s |%n".formatted(row.what, row.floor, measured, row.beside));
    }
    return table.toString();
  }

  public String json() throws IOException {
    List<Map<String, Object>> figures = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> figure = new LinkedHashMap<>();
      figure.put("what", row.what);
      figure.put("floor", row.floor);
      figure.put("measured", row.measured);
      figure.put("beside", row.beside);
      figure.put("kept", row.kept);
      figures.add(figure);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("version", 1);
    report.put("machine", machine());
    report.put("figures", figures);
    return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(report);
  }

  private static String machine() {
    return "%d CPUs (%s), %.0f GiB, Linux %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            field("/proc/cpuinfo", "model name"),
            Long.parseLong(field("/proc/meminfo", "MemTotal").replace(" kB", "")) / 1048576.0,
            System.getProperty("os.version"),
            System.getProperty("java.version"));
  }

  private static String field(String file, String name) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
      return "0";
    } catch (IOException e) {
      return "0"; // Not said on this machine.
    }
  }

  /** The value that {@code percent} of all are not above. */
  public static double percentile(List<Double> values, double percent) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int index = (int) Math.ceil(percent / 100 * sorted.size()) - 1;
    return sorted.get(Math.clamp(index, 0, sorted.size() - 1));
  }
}
