package dev.gra.grad.local;

import dev.gra.grad.runner.RunnerUid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The environment of a runnerd, and so of its commands: an allow-list of grad's own, for that is
 * full of secrets.
 */
final class RunnerEnvironment {
  /** Marks every process of a runner, to sweep what is left of it. */
  private static final String MARK = "GRA_RUNNER_UID";

  private static final Set<String> HANDED_ON =
      Set.of(
          "LANG",
          "LANGUAGE",
          "TZ",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "REQUESTS_CA_BUNDLE",
          "NODE_EXTRA_CA_CERTS");

  private static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "no_proxy", "all_proxy");

  private static final List<Path> USUAL =
      List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"), Path.of("/bin"));

  private final Map<String, String> own;

  RunnerEnvironment(Map<String, String> own) {
    this.own = own;
  }

  /** {@code NAME=value} of the mark. */
  static String mark(RunnerUid uid) {
    return MARK + "=" + uid;
  }

  /** The variables, without PATH. */
  Map<String, String> variables(RunnerUid uid, String user, String home, String tmp) {
    var variables = new TreeMap<String, String>();
    own.forEach(
        (name, value) -> {
          if (handedOn(name, value)) {
            variables.put(name, value);
          }
        });
    variables.put(MARK, uid.value());
    variables.put("HOME", home);
    variables.put("TMPDIR", tmp);
    variables.put("USER", user);
    variables.put("LOGNAME", user);
    return variables;
  }

  private static boolean handedOn(String name, String value) {
    if (PROXIES.contains(name.toLowerCase(java.util.Locale.ROOT))) {
      // A proxy's address with a password in it is a secret.
      return !value.contains("@");
    }
    return HANDED_ON.contains(name) || name.startsWith("LC_");
  }

  String user() {
    return own.getOrDefault("USER", System.getProperty("user.name"));
  }

  String path() {
    return own.getOrDefault("PATH", join(USUAL));
  }

  /** {@code first}, then what of grad's PATH is {@code visible}, then the usual. */
  String path(List<Path> first, Predicate<Path> visible) {
    var entries = new LinkedHashSet<>(first);
    Arrays.stream(path().split(":", -1))
        .filter(entry -> entry.startsWith("/"))
        .map(Path::of)
        .filter(visible)
        .forEach(entries::add);
    entries.addAll(USUAL);
    return join(new ArrayList<>(entries));
  }

  private static String join(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(":"));
  }
}
