package dev.gra.e2e.conformance;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.e2e.LocalGra;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The grad that the conformance tests talk to, one for all of them: that of {@code GRA_E2E_ADDRESS}
 * (host:port), {@code GRA_E2E_TOKEN}, {@code GRA_E2E_STRANGERS_TOKEN} and, if it has TLS, {@code
 * GRA_E2E_CA_FILE} if they are set, else a local one started here.
 */
public final class GradUnderTest implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(GradUnderTest.class);

  private record Local(LocalGra gra, Endpoint endpoint) implements AutoCloseable {
    static Local start() {
      LocalGra gra = LocalGra.started();
      Map<String, Object> status = gra.status();
      String stranger = UUID.randomUUID().toString();
      admit(Path.of(gra.home().toString(), "tokens.json"), stranger);
      String token = read(Path.of((String) status.get("tokenFile"))).strip();
      return new Local(
          gra, new Endpoint((String) status.get("grpcAddress"), token, stranger, Optional.empty()));
    }

    @Override
    public void close() {
      gra.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Endpoint.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    String address = System.getenv("GRA_E2E_ADDRESS");
    if (address != null) {
      return new Endpoint(
          address,
          System.getenv("GRA_E2E_TOKEN"),
          System.getenv("GRA_E2E_STRANGERS_TOKEN"),
          Optional.ofNullable(System.getenv("GRA_E2E_CA_FILE")));
    }
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Local.class, key -> Local.start(), Local.class)
        .endpoint();
  }

  /** Adds a subject to grad's token file, which grad reads again when it changes. */
  private static void admit(Path file, String token) {
    try {
      Map<String, Object> known = JSON.std.mapFrom(read(file));
      List<Object> tokens = new ArrayList<>((List<?>) known.get("tokens"));
      tokens.add(Map.of("sha256", sha256(token), "subject", "stranger"));
      Path next = file.resolveSibling("tokens.json.next");
      Files.copy(file, next, StandardCopyOption.COPY_ATTRIBUTES);
      Files.writeString(next, JSON.std.asString(Map.of("tokens", tokens)));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
