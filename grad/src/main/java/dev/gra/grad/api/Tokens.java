package dev.gra.grad.api;

import com.fasterxml.jackson.jr.ob.JSON;
import com.google.protobuf.ByteString;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Subject;
import dev.gra.grad.telemetry.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who a bearer token stands for, by a file of hashes: {@code {"tokens": [{"sha256": HEX, "subject":
 * NAME, "groups": [NAME, …]}]}}, the groups if it has any. The file is read again when it changes;
 * one that can't be read then leaves what was.
 */
public final class Tokens {
  private record Entry(ByteString sha256, Subject subject) {}

  private record Version(FileTime modified, long size, Object key) {}

  private record Known(Version version, List<Entry> entries) {}

  private static final Log LOG = Log.of(Tokens.class);

  private final Path file;
  private volatile Known known;

  /**
   * @throws IOException if the file can't be read or isn't such a file
   */
  public Tokens(Path file) throws IOException {
    this.file = file;
    this.known = read();
  }

  /** Whom the token stands for. Takes as long whoever it is. */
  public Optional<Subject> subject(String token) {
    byte[] hash = sha256(token);
    Subject found = null;
    for (Entry entry : current().entries()) {
      if (MessageDigest.isEqual(entry.sha256().toByteArray(), hash)) {
        found = entry.subject();
      }
    }
    return Optional.ofNullable(found);
  }

  /** Everybody who has a token. */
  public List<Owner> owners() {
    return current().entries().stream().map(entry -> entry.subject().owner()).distinct().toList();
  }

  static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Known current() {
    Known now = known;
    try {
      if (!version().equals(now.version())) {
        now = read();
        known = now;
        LOG.info("tokens read again", "file", file, "tokens", now.entries().size());
      }
    } catch (IOException e) {
      LOG.warn("tokens can't be read again", "file", file, "why", e.getMessage());
    }
    return now;
  }

  private Version version() throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }

  private Known read() throws IOException {
    Version version = version();
    List<Entry> entries = new ArrayList<>();
    Map<String, Object> content = JSON.std.mapFrom(Files.readString(file));
    if (!(content.get("tokens") instanceof List<?> tokens)) {
      throw new IOException(file + ": no list of tokens");
    }
    for (Object token : tokens) {
      entries.add(entry(token));
    }
    return new Known(version, List.copyOf(entries));
  }

  private Entry entry(Object token) throws IOException {
    if (token instanceof Map<?, ?> map
        && map.get("sha256") instanceof String hex
        && map.get("subject") instanceof String subject) {
      try {
        byte[] hash = HexFormat.of().parseHex(hex);
        if (hash.length == 32) {
          return new Entry(ByteString.copyFrom(hash), new Subject(new Owner(subject), groups(map)));
        }
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": a token's hash or subject isn't one", e);
      }
    }
    throw new IOException(file + ": a token needs a sha256 of 64 digits and a subject");
  }

  private Set<String> groups(Map<?, ?> token) throws IOException {
    Set<String> groups = new HashSet<>();
    if (token.get("groups") instanceof List<?> names) {
      for (Object name : names) {
        groups.add(String.valueOf(name));
      }
    } else if (token.containsKey("groups")) {
      throw new IOException(file + ": a token's groups are a list of names");
    }
    return groups;
  }
}
