package dev.gra.grad.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression asks for. Of the language it knows what the dashboard and the alerts
 * use; anything else is an error.
 *
 * @param selectors each metric, and what it is matched by
 * @param labels of its clauses: by, without, on, ignoring
 */
record Query(List<Selector> selectors, Set<String> labels) {
  record Selector(String metric, List<Match> matches) {}

  record Match(String label, String operator, String value) {}

  private static final Set<String> FUNCTIONS =
      Set.of(
          "absent",
          "count",
          "histogram_quantile",
          "increase",
          "label_values",
          "max",
          "rate",
          "sum",
          "time");
  private static final Set<String> CLAUSES = Set.of("by", "without", "on", "ignoring");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless");
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<text>\"[^\"]*\")|(?<range>\\[[^\\]]+\\])"
              + "|(?<number>[0-9]+(?:\\.[0-9]+)?)|(?<sign>!=|=~|!~|>=|<=|==|[{}(),=<>*/+-])");

  private static final class Reader {
    private final List<String> tokens = new ArrayList<>();
    private final List<Selector> selectors = new ArrayList<>();
    private final Set<String> labels = new TreeSet<>();
    private int at;

    Reader(String text) {
      Matcher token = TOKEN.matcher(text);
      int end = 0;
      while (token.find()) {
        require(token.start() == end, text.substring(end));
        end = token.end();
        if (!token.group().isBlank()) {
          tokens.add(token.group());
        }
      }
      require(end == text.length(), text.substring(end));
    }

    Query read() {
      int depth = 0;
      while (at < tokens.size()) {
        String token = tokens.get(at++);
        depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
        require(depth >= 0, "one ) too many");
        if (token.startsWith("[")) {
          range(token);
        } else if (Character.isLetter(token.charAt(0)) || token.charAt(0) == '_') {
          named(token);
        }
      }
      require(depth == 0, "a ( stays open");
      return new Query(List.copyOf(selectors), Set.copyOf(labels));
    }

    private void named(String name) {
      boolean called = next("(");
      if (CLAUSES.contains(name)) {
        require(called, name + " without labels");
        clause();
      } else if (FUNCTIONS.contains(name)) {
        require(
            called || (at < tokens.size() && CLAUSES.contains(tokens.get(at))),
            name + " of nothing");
        if (name.equals("label_values")) {
          labelValues();
        }
      } else if (called) {
        throw new IllegalArgumentException("unknown function " + name);
      } else if (!OPERATORS.contains(name)) {
        selector(name);
      }
    }

    private void clause() {
      at++;
      while (!next(")")) {
        labels.add(tokens.get(at++));
        at += next(",") ? 1 : 0;
      }
      at++;
    }

    /** Grafana's own: a metric and a label of it. */
    private void labelValues() {
      at++;
      selector(tokens.get(at++));
      require(next(","), "label_values without a label");
      labels.add(tokens.get(at + 1));
      at += 2;
      require(next(")"), "label_values of more");
      at++;
    }

    private void selector(String metric) {
      List<Match> matches = new ArrayList<>();
      if (next("{")) {
        at++;
        while (!next("}")) {
          String value = tokens.get(at + 2);
          require(value.startsWith("\""), "no value in " + metric);
          matches.add(
              new Match(
                  tokens.get(at), tokens.get(at + 1), value.substring(1, value.length() - 1)));
          at += 3;
          at += next(",") ? 1 : 0;
        }
        at++;
      }
      selectors.add(new Selector(metric, matches));
    }

    private static void range(String token) {
      require(token.matches("\\[([0-9]+[smhd]|\\$__rate_interval)\\]"), "range " + token);
    }

    private boolean next(String token) {
      return at < tokens.size() && tokens.get(at).equals(token);
    }

    private static void require(boolean right, String problem) {
      if (!right) {
        throw new IllegalArgumentException(problem);
      }
    }
  }

  static Query parse(String text) {
    return new Reader(text).read();
  }
}
