package dev.gra.grad.telemetry;

import java.util.regex.Pattern;

/**
 * What a metric is called and for.
 *
 * @param name of its family: ends in its unit if it has one, and never in {@code _total}
 * @param unit a base unit such as {@code seconds}, or empty
 * @param help one line
 */
record Description(String name, String unit, String help) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  Description {
    if (!NAME.matcher(name).matches() || name.endsWith("_total") || help.contains("\n")) {
      throw new IllegalArgumentException("not a metric's name and help: " + name + ", " + help);
    }
    if (!unit.isEmpty() && !name.endsWith("_" + unit)) {
      throw new IllegalArgumentException(name + " doesn't end in its unit " + unit);
    }
  }
}
