package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.TokenFile;
import dev.gra.client.config.Key;
import dev.gra.client.local.Commands;
import dev.gra.client.local.GradFile;
import dev.gra.client.local.LocalGrad;
import dev.gra.client.local.Version;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at all that gra needs here, and names the fix for what is missing. */
public final class Doctor {
  private static final long LEAST_FREE_BYTES = 1L << 30;
  private static final int JAVA = 25;

  /**
   * What one look found.
   *
   * @param name what was looked at
   * @param ok whether it is well
   * @param detail what it is
   * @param fix what helps; empty if it is well
   */
  public record Finding(String name, boolean ok, String detail, String fix) {}

  private final Session session;
  private final List<Finding> findings = new ArrayList<>();

  /** For one run. */
  public Doctor(Session session) {
    this.session = session;
  }

  /** Looks at everything. */
  public List<Finding> examine() {
    int java = Runtime.version().feature();
    add("java", java >= JAVA, System.getProperty("java.vm.version"), "install JDK 25");
    program("tar", "apt-get install tar", "tar", "--version");
    program("sha256sum", "apt-get install coreutils", "sha256sum", "--version");
    if (session.usesLocal()) {
      sandbox();
    }
    disk();
    if (session.usesCluster() && !new ClusterDoctor(session, findings).examine()) {
      return findings;
    }
    grad();
    return findings;
  }

  private void sandbox() {
    program("python3", "apt-get install python3", "python3", "--version");
    program(
        "bubblewrap",
        "apt-get install bubblewrap, and allow user namespaces"
            + " (sysctl kernel.apparmor_restrict_unprivileged_userns=0)",
        "bwrap",
        "--unshare-all",
        "--ro-bind",
        "/",
        "/",
        "true");
  }

  private void add(String name, boolean ok, String detail, String fix) {
    findings.add(new Finding(name, ok, detail, ok ? "" : fix));
  }

  private void program(String name, String fix, String... command) {
    try {
      String said = Commands.run(List.of(command));
      add(name, true, said.lines().findFirst().orElse("works"), fix);
    } catch (IOException e) {
      add(name, false, e.getMessage().lines().findFirst().orElse("fails"), fix);
    }
  }

  private void disk() {
    File at = session.home().root().toFile();
    while (!at.exists()) {
      at = at.getParentFile();
    }
    long free = at.getUsableSpace();
    String detail = (free >> 20) + " MiB free for " + session.home().root();
    add("disk", free >= LEAST_FREE_BYTES, detail, "make room, or set GRA_HOME");
  }

  private void grad() {
    Optional<String> server =
        session.settings().value(Key.SERVER).filter(set -> !session.usesLocal());
    Optional<GradFile> local =
        server.isPresent() ? Optional.empty() : session.localGrad().running();
    if (server.isEmpty() && local.isEmpty()) {
      boolean startsItself = session.localGrad().choice().isPresent();
      String detail = startsItself ? "doesn't run; the next exec starts it" : "none";
      add("grad", startsItself, detail, "gractl local start");
      return;
    }
    String where = server.map(this::named).orElseGet(() -> local.get().grpcAddress());
    if (local.isPresent()) {
      GradFile grad = local.get();
      String version = grad.version() + ", this gractl " + Version.VERSION;
      boolean same = grad.version().equals(Version.VERSION);
      add("version", same, version, "gractl local stop, then gractl local start");
      add("health", LocalGrad.healthy(grad), grad.httpAddress(), "see " + session.home().logFile());
      token(grad);
    }
    try {
      int count = session.client().runners().list(Map.of()).size();
      add("grad", true, where + ", " + count + " runner(s)", "");
    } catch (GraException e) {
      add("grad", false, where + ": " + e.getMessage(), e.hint().orElse("gractl local start"));
    }
  }

  private String named(String server) {
    return session.usesCluster() ? session.endpoints().endpoint().toString() : server;
  }

  private void token(GradFile grad) {
    try {
      TokenFile.read(grad.tokenFile());
      add("token", true, grad.tokenFile().toString(), "");
    } catch (GraException e) {
      add("token", false, e.getMessage(), e.hint().orElse("gractl local start"));
    }
  }

  /** For {@code -o json}. */
  public static Map<String, Object> json(List<Finding> findings) {
    Map<String, Object> json = Json.object("Doctor");
    json.put("ok", findings.stream().allMatch(Finding::ok));
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> check = new LinkedHashMap<>();
      check.put("name", finding.name());
      check.put("ok", finding.ok());
      check.put("detail", finding.detail());
      if (!finding.ok()) {
        check.put("try", finding.fix());
      }
      checks.add(check);
    }
    json.put("checks", checks);
    return json;
  }
}
