package dev.gra.client.local;

import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The process that makes grad's AOT cache. Not for calling by hand. */
public final class TrainingProgram {
  /** Takes the unpacked archive's directory. */
  public static void main(String... args) throws IOException, InterruptedException {
    AotTraining.train(new Distribution(Path.of(args[0])));
  }

  /** Some calls, so that what serves them is in the cache. */
  static void exercise(GraHome home) {
    var endpoint = GradFile.read(home).orElseThrow().endpoint();
    try (GraClient client = GraClient.of(EndpointSource.fixed(endpoint))) {
      client.runners().list(Map.of());
    }
  }

  private TrainingProgram() {}
}
