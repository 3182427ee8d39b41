package dev.gra.grad.telemetry;

/** The metrics of one name. */
interface Family {
  String name();

  void write(Exposition out);
}
