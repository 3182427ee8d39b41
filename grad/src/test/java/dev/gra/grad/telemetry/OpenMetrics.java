package dev.gra.grad.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was served, read by OpenMetrics' rules, which it asserts. */
record OpenMetrics(Map<String, Family> families) {
  /**
   * One name's metrics.
   *
   * @param samples by the sample's whole name
   */
  record Family(String type, String unit, String help, Map<String, List<Sample>> samples) {
    Set<String> labels() {
      Set<String> labels = new TreeSet<>();
      samples.values().forEach(all -> all.forEach(one -> labels.addAll(one.labels().keySet())));
      if (type.equals("histogram")) {
        labels.remove("le");
      }
      return labels;
    }
  }

  record Sample(Map<String, String> labels, double value) {}

  private static final Pattern SAMPLE =
      Pattern.compile("([a-z][a-z0-9_]*)(?:\\{(.*)\\})? (-?[0-9.E+-]+)");
  private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"([^\"\\\\]*)\"(?:,|$)");
  private static final Map<String, List<String>> SUFFIXES =
      Map.of(
          "counter", List.of("_total"),
          "gauge", List.of(""),
          "info", List.of("_info"),
          "summary", List.of("_count", "_sum"),
          "histogram", List.of("_bucket", "_count", "_sum"));

  static OpenMetrics parse(String text) {
    Map<String, Family> families = new LinkedHashMap<>();
    assertThat(text).endsWith("\n# EOF\n");
    String name = "";
    Map<String, String> meta = new TreeMap<>();
    for (String line : text.substring(0, text.length() - "# EOF\n".length()).lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# TYPE ")) {
        name = words[2];
        meta.clear();
        assertThat(families).as("families told twice").doesNotContainKey(name);
      }
      if (line.startsWith("# ")) {
        assertThat(words[2]).isEqualTo(name);
        meta.put(words[1], words[3]);
        families.put(
            name,
            new Family(
                meta.get("TYPE"),
                meta.getOrDefault("UNIT", ""),
                meta.getOrDefault("HELP", ""),
                new TreeMap<>()));
      } else {
        sample(name, families.get(name), line);
      }
    }
    return new OpenMetrics(families);
  }

  /** All samples, by their whole names. */
  Map<String, List<Sample>> samples() {
    Map<String, List<Sample>> all = new TreeMap<>();
    families.values().forEach(family -> all.putAll(family.samples()));
    return all;
  }

  /** The value of a sample, with its labels as pairs of name and value. */
  double value(String sample, String... labels) {
    Map<String, String> wanted = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    return samples().getOrDefault(sample, List.of()).stream()
        .filter(one -> one.labels().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no sample " + sample + wanted))
        .value();
  }

  private static void sample(String family, Family of, String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    assertThat(SUFFIXES.get(of.type()).stream().map(suffix -> family + suffix))
        .contains(sample.group(1));
    Map<String, String> labels = new TreeMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2).replace("+Inf", "Inf"));
      int end = 0;
      while (label.find()) {
        assertThat(label.start()).as(line).isEqualTo(end);
        labels.put(label.group(1), label.group(2));
        end = label.end();
      }
      assertThat(end).as(line).isEqualTo(sample.group(2).replace("+Inf", "Inf").length());
    }
    of.samples()
        .computeIfAbsent(sample.group(1), _ -> new ArrayList<>())
        .add(new Sample(labels, Double.parseDouble(sample.group(3))));
  }
}
