package dev.gra.client.local;

import dev.gra.client.GraException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * grad and runnerd, unpacked under the hash of their archive: another build never touches the files
 * of one that runs.
 *
 * @param root holds grad/, runnerd/ and VERSION
 */
record Distribution(Path root) {
  private static final String NAME = "gra-dist";
  private static final String CLASSIFIER = "-linux-x86_64.tar.gz";
  private static final int HASH_DIGITS = 16;

  Path gradJar() {
    return root.resolve("grad").resolve("lib").resolve("grad.jar");
  }

  Path runnerd() {
    return root.resolve("runnerd");
  }

  /** grad's AOT cache for the JDK of this process. */
  Path aotCache() {
    return root.resolve("grad-" + System.getProperty("java.vm.version") + ".aot");
  }

  /** Finds the archive and unpacks it, if it isn't there unpacked already. */
  static Distribution unpacked(
      GraHome home, Map<String, String> environment, Consumer<String> say) {
    Path archive = archive(environment);
    try {
      Path target = home.distributions().resolve(hash(archive));
      if (!Files.exists(target.resolve("VERSION"))) {
        say.accept("unpacking " + archive.getFileName());
        GraHome.privateDirectory(home.distributions());
        unpack(archive, home.distributions(), target);
      }
      return new Distribution(target);
    } catch (IOException e) {
      throw GraException.of(
          "DISTRIBUTION", archive + " can't be unpacked: " + e.getMessage(), "df -h", e);
    }
  }

  private static Path archive(Map<String, String> environment) {
    String named = environment.get("GRA_DIST");
    List<Path> candidates = new ArrayList<>();
    if (named != null && !named.isBlank()) {
      candidates.add(Path.of(named).toAbsolutePath());
    } else {
      String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
      ownRepository().forEach(candidates::add);
      candidates.add(inRepository(Path.of(home, ".m2", "repository")));
    }
    return candidates.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                GraException.of(
                    "NO_DISTRIBUTION",
                    "there is no archive of grad: looked for " + candidates,
                    "./quickstart, or mvn install, which makes it; or GRA_DIST=FILE"));
  }

  /** The Maven repository that our own jar came from, if it came from one. */
  private static Stream<Path> ownRepository() {
    try {
      var source = Distribution.class.getProtectionDomain().getCodeSource();
      Path jar = Path.of(source.getLocation().toURI());
      // REPOSITORY/dev/gra/gra-client/VERSION/JAR
      boolean inRepository = jar.getNameCount() > 5 && jar.toString().endsWith(".jar");
      Path repository = inRepository ? jar.resolve("../../../../..").normalize() : null;
      return repository == null ? Stream.empty() : Stream.of(inRepository(repository));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a jar without a path", e);
    }
  }

  private static Path inRepository(Path repository) {
    String version = Version.VERSION;
    return repository.resolve(
        Path.of("dev", "gra", NAME, version, NAME + "-" + version + CLASSIFIER));
  }

  private static String hash(Path archive) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(archive), digest)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  // Into a directory of its own, which is renamed: half an archive is never taken for a whole one.
  private static void unpack(Path archive, Path parent, Path target) throws IOException {
    Path partial = Files.createTempDirectory(parent, "unpacking-");
    try {
      Commands.run(
          List.of("tar", "-xzf", archive.toString(), "-C", partial.toString(), "--no-same-owner"));
      Path top = partial.resolve(NAME);
      if (!Files.exists(top.resolve("VERSION"))) {
        throw new IOException("it holds no " + NAME + "/VERSION");
      }
      Files.move(top, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Commands.deleteTree(partial);
    }
  }
}
