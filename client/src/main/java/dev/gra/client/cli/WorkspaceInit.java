package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.workspace.PlannedFile;
import dev.gra.client.workspace.WorkspaceIdentity;
import dev.gra.client.workspace.WorkspacePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes a directory a workspace. What is there is changed only after its owner agreed. */
public final class WorkspaceInit {
  /** Whether a file that is there may be changed. */
  public interface Consent {
    /** Asks, if need be. */
    boolean given(String question);
  }

  private static final String LEFT = "left";

  private final Session session;
  private final Consent consent;
  private final boolean canAsk;

  /**
   * For one run.
   *
   * @param yes nobody is asked
   */
  public WorkspaceInit(Session session, boolean yes) {
    this(session, yes, Messages.isTerminal(0) && session.messages().terminal());
  }

  private WorkspaceInit(Session session, boolean yes, boolean terminal) {
    this(session, yes ? question -> true : session.messages()::ask, yes || terminal);
  }

  WorkspaceInit(Session session, Consent consent, boolean canAsk) {
    this.session = session;
    this.consent = consent;
    this.canAsk = canAsk;
  }

  /** Does it; answers what became of each file. */
  public Map<String, Object> init(Path given) {
    Path directory = directory(given);
    WorkspaceIdentity identity = WorkspaceIdentity.of(session.home(), directory);
    WorkspacePlan plan = WorkspacePlan.of(directory, identity);
    if (plan.changesWhatIsThere() && !canAsk) {
      throw refused(plan);
    }
    Map<String, String> files = new LinkedHashMap<>();
    plan.files().forEach(file -> files.put(name(file), apply(file)));
    boolean named = !LEFT.equals(files.get(name(plan.files().getFirst())));
    if (named) {
      identity.claim(session.home());
    }
    files.forEach((name, what) -> session.messages().say(name + " " + describe(what)));
    String runner = named ? identity.runner() : session.runnerName();
    Map<String, Object> json = Json.object("Workspace");
    json.put("directory", directory.toString());
    json.put("runner", runner);
    json.put("files", files);
    return json;
  }

  private Path directory(Path given) {
    try {
      return Files.createDirectories(session.directory().resolve(given)).toRealPath();
    } catch (IOException e) {
      throw GraException.of(
          "NO_DIRECTORY", given + " is not a directory that can be used: " + e.getMessage(), null);
    }
  }

  private String apply(PlannedFile file) {
    return switch (file.change()) {
      case NONE -> "unchanged";
      case CREATE -> write(file, "created");
      case UPDATE ->
          consent.given("change " + name(file) + ", " + file.what() + "?")
              ? write(file, "updated")
              : LEFT;
    };
  }

  private static String write(PlannedFile file, String done) {
    try {
      file.write();
      return done;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String describe(String what) {
    return switch (what) {
      case "unchanged" -> "is as it should be";
      case LEFT -> "is left as it is";
      default -> "is " + what;
    };
  }

  private static GraException refused(WorkspacePlan plan) {
    String names =
        plan.files().stream()
            .filter(file -> file.change() == PlannedFile.Change.UPDATE)
            .map(WorkspaceInit::name)
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
    return GraException.of(
        "WOULD_CHANGE",
        names + " would change, and nobody can be asked here; nothing is done",
        "gractl workspace init --yes, which adds gractl's own lines and leaves the rest");
  }

  private static String name(PlannedFile file) {
    return file.path().getFileName().toString();
  }
}
