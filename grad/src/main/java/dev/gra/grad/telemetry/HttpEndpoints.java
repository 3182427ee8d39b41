package dev.gra.grad.telemetry;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.BooleanSupplier;

/** What machines ask by HTTP: {@code /health/live}, {@code /health/ready}, {@code /metrics}. */
public final class HttpEndpoints {
  private final Metrics metrics;
  private final BooleanSupplier ready;

  public HttpEndpoints(Metrics metrics, BooleanSupplier ready) {
    this.metrics = metrics;
    this.ready = ready;
  }

  public void routes(HttpRouting.Builder routing) {
    routing
        .get("/health/live", (_, response) -> health(response, true))
        .get("/health/ready", (_, response) -> health(response, ready.getAsBoolean()))
        .get("/metrics", (_, response) -> metrics(response));
  }

  private static void health(ServerResponse response, boolean up) {
    response
        .status(up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .send(up ? "{\"status\":\"UP\"}\n" : "{\"status\":\"DOWN\"}\n");
  }

  private void metrics(ServerResponse response) {
    response.header(HeaderNames.CONTENT_TYPE, Metrics.CONTENT_TYPE).send(metrics.text());
  }
}
