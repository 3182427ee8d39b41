package dev.gra.grad.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gra.grad.api.Access;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.exec.Execs;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerRuntime;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The page by HTTP: {@code /status}, its style and its script. Shown to whom a token stands for,
 * who comes from this very machine or pod: there is no TLS here, and a token in clear may cross no
 * network. What kubectl forwards comes from there too, encrypted on all of its way.
 */
public final class StatusPage implements AutoCloseable {
  private static final HeaderName CSP = HeaderNames.create("Content-Security-Policy");
  private static final HeaderName TYPE_IS = HeaderNames.create("X-Content-Type-Options");
  private static final HeaderName REFERRER = HeaderNames.create("Referrer-Policy");
  private static final HeaderName RESOURCE = HeaderNames.create("Cross-Origin-Resource-Policy");
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String CHALLENGE =
      "Basic realm=\"grad: any name, your token is the password\", charset=\"UTF-8\"";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Door door;
  private final Lookout lookout;
  private final TraceUrl traces;
  private final String version;
  private final String style = resource("style.css");
  private final String script = resource("live.js");

  /**
   * @param endings which whoever hears of them adds to
   */
  public StatusPage(
      RunnerRuntime runtime,
      Execs execs,
      RecentEndings endings,
      Access access,
      AuditLog audit,
      StatusSettings settings,
      String version) {
    this.door = new Door(access, audit);
    this.lookout = new Lookout(runtime, execs, endings, new Commands(settings.argv()));
    this.traces = settings.traces();
    this.version = version;
  }

  public void routes(HttpRouting.Builder routing) {
    routing
        .get("/", (request, response) -> admitted(request, response, _ -> toThePage(response)))
        .get(
            "/status",
            (request, response) ->
                admitted(
                    request,
                    response,
                    viewer ->
                        send(
                            response,
                            "text/html; charset=utf-8",
                            Page.of(lookout.overview(viewer), version, traces))))
        .get(
            "/status/style.css",
            (request, response) ->
                admitted(request, response, _ -> send(response, "text/css; charset=utf-8", style)))
        .get(
            "/status/live.js",
            (request, response) ->
                admitted(
                    request,
                    response,
                    _ -> send(response, "text/javascript; charset=utf-8", script)));
  }

  @Override
  public void close() {
    lookout.close();
  }

  private void admitted(ServerRequest request, ServerResponse response, Consumer<Viewer> show) {
    Optional<String> authorization = request.headers().first(HeaderNames.AUTHORIZATION);
    try {
      switch (door.answer(request.remotePeer().address(), authorization, request.path().path())) {
        case Door.In(Viewer viewer) -> show.accept(viewer);
        case Door.NotHere(String why) -> refuse(response, Status.FORBIDDEN_403, why);
        case Door.WhoAreYou(String why) -> {
          response.header(HeaderNames.WWW_AUTHENTICATE, CHALLENGE);
          refuse(response, Status.UNAUTHORIZED_401, why);
        }
      }
    } catch (RunnerException e) {
      refuse(response, Status.SERVICE_UNAVAILABLE_503, String.valueOf(e.getMessage()));
    }
  }

  private static void refuse(ServerResponse response, Status status, String why) {
    response.status(status);
    send(response, TEXT, why + "\n");
  }

  private static void toThePage(ServerResponse response) {
    response.status(Status.FOUND_302).header(HeaderNames.LOCATION, "/status");
    send(response, TEXT, "");
  }

  private static void send(ServerResponse response, String type, String body) {
    response
        .header(HeaderNames.CONTENT_TYPE, type)
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(CSP, POLICY)
        .header(TYPE_IS, "nosniff")
        .header(REFERRER, "no-referrer")
        .header(RESOURCE, "same-origin")
        .send(body);
  }

  private static String resource(String name) {
    try (InputStream in = StatusPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
