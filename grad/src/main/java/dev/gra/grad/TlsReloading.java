package dev.gra.grad;

import dev.gra.grad.telemetry.Log;
import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Takes up a new certificate when its files change; connections that are open keep the old one. */
final class TlsReloading implements AutoCloseable {
  private static final Log LOG = Log.of(TlsReloading.class);
  private static final long PERIOD_SECONDS = 5;

  private final TlsFiles files;
  private final Consumer<Tls> use;
  private final ScheduledFuture<?> looking;
  private TlsFiles.Version known;

  TlsReloading(TlsFiles files, Consumer<Tls> use, ScheduledExecutorService scheduler)
      throws IOException {
    this.files = files;
    this.use = use;
    this.known = files.version();
    this.looking =
        scheduler.scheduleWithFixedDelay(
            this::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** One that can't be used leaves what was, and is tried again: its other half may be coming. */
  void look() {
    try {
      TlsFiles.Version now = files.version();
      if (!now.equals(known)) {
        use.accept(files.load());
        known = now;
        LOG.info("TLS certificate read again", "file", files.certificate());
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the TLS certificate can't be read again", "why", e.getMessage());
    }
  }

  @Override
  public void close() {
    looking.cancel(false);
  }
}
