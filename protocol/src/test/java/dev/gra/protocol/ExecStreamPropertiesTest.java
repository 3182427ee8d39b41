package dev.gra.protocol;

import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * Whatever is cut, repeated, killed, superseded or slow: no byte is lost, doubled or out of order
 * unless told, memory stays bounded, and the run ends. The checks are in {@link Simulation} and its
 * parts.
 */
class ExecStreamPropertiesTest {
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  @Property(tries = 4_000, edgeCases = EdgeCasesMode.NONE)
  void every_run_ends_and_tells_each_byte_once(@ForAll("choices") byte[] choices) {
    Set<String> seen = new Simulation(new Choices(choices)).run();
    // Runs in which little happens would pass as well.
    for (String what : Simulation.HAPPENINGS) {
      Statistics.label(what)
          .collect(seen.contains(what))
          .coverage(runs -> runs.check(true).count(count -> count >= 5));
    }
  }

  @Provide
  Arbitrary<byte[]> choices() {
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofMaxSize(800)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}
