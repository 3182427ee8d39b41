package dev.gra.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a grad is and how to show who we are.
 *
 * @param host name or address
 * @param port 1 to 65535
 * @param tls whether the connection is encrypted
 * @param caFile certificates to trust instead of the JDK's, PEM
 * @param tokenFile the bearer token, read anew for each call
 * @param serverName the name that the certificate must be for, where it isn't {@code host}
 */
public record Endpoint(
    String host,
    int port,
    boolean tls,
    Optional<Path> caFile,
    Optional<Path> tokenFile,
    Optional<String> serverName) {
  public Endpoint {
    Objects.requireNonNull(host);
    Objects.requireNonNull(caFile);
    Objects.requireNonNull(tokenFile);
    Objects.requireNonNull(serverName);
    if (host.isBlank() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no address: " + host + ":" + port);
    }
  }

  /** One whose certificate is for its host. */
  public Endpoint(
      String host, int port, boolean tls, Optional<Path> caFile, Optional<Path> tokenFile) {
    this(host, port, tls, caFile, tokenFile, Optional.empty());
  }

  /** The same, whose certificate is for this name. */
  public Endpoint withServerName(Optional<String> name) {
    return new Endpoint(host, port, tls, caFile, tokenFile, name);
  }

  /**
   * Reads {@code host:port}, {@code http://host:port} or {@code https://host[:port]}.
   *
   * @param insecure whether a token may go to another machine unencrypted
   */
  public static Endpoint parse(
      String server, boolean insecure, Optional<Path> caFile, Optional<Path> tokenFile) {
    URI uri = uri(server);
    boolean schemeless = !server.contains("://");
    boolean loopback = isLoopback(uri.getHost());
    boolean tls = schemeless ? !loopback && !insecure : uri.getScheme().equals("https");
    if (!tls && !loopback && !insecure) {
      throw GraException.of(
          "INSECURE",
          "the token would go to " + uri.getHost() + " unencrypted",
          "https://" + uri.getAuthority() + " (or --insecure, if you trust the network)");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    return new Endpoint(uri.getHost(), port, tls, caFile, tokenFile);
  }

  private static URI uri(String server) {
    try {
      URI uri = new URI(server.contains("://") ? server : "http://" + server);
      boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (known && uri.getHost() != null && uri.getPort() != 0) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw badServer(server, e);
    }
    throw badServer(server, null);
  }

  private static GraException badServer(String server, Throwable cause) {
    return GraException.of(
        "BAD_SERVER",
        "\"" + server + "\" is not a server's address",
        "--server 127.0.0.1:PORT or --server https://HOST",
        cause);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
  }

  // The JDK's own for records makes method handles for 15 ms at their first use, in each gractl.
  @Override
  public boolean equals(Object other) {
    return other instanceof Endpoint that
        && host.equals(that.host)
        && port == that.port
        && tls == that.tls
        && caFile.equals(that.caFile)
        && tokenFile.equals(that.tokenFile)
        && serverName.equals(that.serverName);
  }

  @Override
  public int hashCode() {
    return Objects.hash(host, port, tls, caFile, tokenFile, serverName);
  }

  /** For people: where, never the token. */
  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + host + ":" + port;
  }
}
