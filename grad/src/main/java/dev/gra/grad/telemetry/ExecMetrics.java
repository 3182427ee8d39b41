package dev.gra.grad.telemetry;

import dev.gra.protocol.Streams;
import dev.gra.v1.Ending;
import dev.gra.v1.Stream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What is counted and measured of execs. */
public final class ExecMetrics {
  private static final List<Double> BOUNDS =
      List.of(
          0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
          300.0, 1800.0);

  private final Counter openings;
  private final Counter endings;
  private final Histogram start;
  private final Histogram firstByte;
  private final Histogram duration;
  // Found once: these are told with every frame.
  private final LongAdder stdin;
  private final LongAdder[] outputs = new LongAdder[Streams.ALL.size()];
  private final LongAdder[] stallsByClient = new LongAdder[Streams.ALL.size()];
  private final LongAdder[] stallsByWindow = new LongAdder[Streams.ALL.size()];

  public ExecMetrics(Metrics metrics) {
    openings =
        metrics.counter(
            "gra_exec_openings", "", "Exec streams, by what the runner made of them", "how");
    endings = metrics.counter("gra_exec_endings", "", "Execs that ended, by ending", "ending");
    start =
        times(
            metrics,
            "gra_exec_start_seconds",
            "From Start's arrival to the runner's word that it has it");
    firstByte =
        times(
            metrics,
            "gra_exec_first_byte_seconds",
            "From Start's arrival to the exec's first byte of output");
    duration =
        times(metrics, "gra_exec_duration_seconds", "From Start's arrival to the exec's ending");
    Counter bytes =
        metrics.counter("gra_exec_stream_bytes", "bytes", "Bytes passed on, by stream", "stream");
    Counter stalls =
        metrics.counter(
            "gra_exec_credit_stalls",
            "",
            "Times an output stream had used up its credit, by who gave no more",
            "stream",
            "by");
    stdin = bytes.of("stdin");
    for (Stream stream : Streams.ALL) {
      int i = Streams.index(stream);
      outputs[i] = bytes.of(name(stream));
      stallsByClient[i] = stalls.of(name(stream), "client");
      stallsByWindow[i] = stalls.of(name(stream), "window");
    }
    for (Ending.KindCase kind : Ending.KindCase.values()) {
      endings.of(Endings.name(kind));
    }
  }

  /** So that it is told while there is none yet. */
  public void declare(String how) {
    openings.of(how);
  }

  /** A stream was opened, to which the runner said one of a few words. */
  public void opened(String how) {
    openings.of(how).increment();
  }

  public void ended(Ending ending) {
    endings.of(Endings.name(ending)).increment();
  }

  public void started(long nanos) {
    start.observe("", nanos);
  }

  public void firstByte(long nanos) {
    firstByte.observe("", nanos);
  }

  public void took(long nanos) {
    duration.observe("", nanos);
  }

  public void stdin(int bytes) {
    stdin.add(bytes);
  }

  public void output(Stream stream, int bytes) {
    outputs[Streams.index(stream)].add(bytes);
  }

  /**
   * A stream used up its credit.
   *
   * @param byClient whether it was the client that gave no more, or else this server's window
   */
  public void stalled(Stream stream, boolean byClient) {
    (byClient ? stallsByClient : stallsByWindow)[Streams.index(stream)].increment();
  }

  private static Histogram times(Metrics metrics, String name, String help) {
    Histogram histogram = metrics.histogram(name, help, BOUNDS, Optional.empty());
    histogram.of("");
    return histogram;
  }

  private static String name(Stream stream) {
    return stream == Stream.STREAM_STDOUT ? "stdout" : "stderr";
  }
}
