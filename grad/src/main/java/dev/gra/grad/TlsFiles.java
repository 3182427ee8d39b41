package dev.gra.grad;

import io.helidon.common.configurable.Resource;
import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * The certificate that the API is served with, in PEM, as a Secret has it.
 *
 * @param certificate the chain, grad's own first
 * @param key the private key, PKCS #8
 */
public record TlsFiles(Path certificate, Path key) {
  /** What the files are now: another after each change. */
  record Version(FileTime certificate, FileTime key) {}

  /**
   * Reads them.
   *
   * @throws IOException if they can't be read or aren't what they should be
   */
  Tls load() throws IOException {
    for (Path file : List.of(certificate, key)) {
      if (!Files.isReadable(file)) {
        throw new IOException("TLS: " + file + " can't be read");
      }
    }
    try {
      return Tls.builder()
          .privateKey(keys -> keys.pem(pem -> pem.key(Resource.create(key))))
          .privateKeyCertChain(keys -> keys.pem(pem -> pem.certChain(Resource.create(certificate))))
          .addApplicationProtocol("h2")
          .build();
    } catch (RuntimeException e) {
      throw new IOException(
          "TLS: "
              + certificate
              + " and "
              + key
              + " aren't a certificate and its key: "
              + e.getMessage(),
          e);
    }
  }

  Version version() throws IOException {
    return new Version(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
  }
}
