package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.Command;
import dev.gra.v1.Script;
import dev.gra.v1.Start;
import dev.gra.v1.TraceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes of a Start the command to be spawned. */
final class Launch {
  private static final int DISPLAY_CHARACTERS = 200;
  private static final String PYTHONPATH = "PYTHONPATH";

  private final Settings settings;

  Launch(Settings settings) {
    this.settings = settings;
  }

  /**
   * The command; a script is written first.
   *
   * @param directory the exec's own directory
   */
  Command command(Start start, Path directory) throws IOException {
    List<String> argv = new ArrayList<>();
    if (start.hasScript()) {
      argv.addAll(start.getScript().getInterpreterList());
      argv.add(written(start.getScript(), directory).toString());
    }
    argv.addAll(start.getArgvList());
    String cwd = settings.workspace().resolve(start.getCwd()).normalize().toString();
    return new Command(argv, environment(start), cwd, start.getStdin());
  }

  /** The command for a person to recognize. */
  static String display(Start start) {
    List<String> words = new ArrayList<>();
    if (start.hasScript()) {
      words.addAll(start.getScript().getInterpreterList());
      words.add(fileName(start.getScript()));
    } else {
      words.addAll(start.getArgvList());
    }
    StringBuilder display = new StringBuilder();
    for (String word : words) {
      if (display.length() > DISPLAY_CHARACTERS) {
        break;
      }
      display.append(display.isEmpty() ? "" : " ").append(word);
    }
    return cut(display.toString().replaceAll("\\p{Cntrl}", " "), DISPLAY_CHARACTERS);
  }

  /** At most so many UTF-16 units of a text, with no character cut in half. */
  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  private Map<String, String> environment(Start start) {
    Map<String, String> env = new HashMap<>(settings.baseEnv());
    env.putAll(start.getEnvMap());
    if (start.hasScript()) {
      // As if the script lay in the workspace: Python would look for modules beside the script
      // only.
      env.merge(
          PYTHONPATH, settings.workspace().toString(), (old, workspace) -> workspace + ":" + old);
    }
    env.put("GRA_EXEC_ID", start.getExecId());
    env.put("GRA_RUNNER_UID", settings.runnerUid());
    TraceContext trace = start.getTraceContext();
    if (!trace.getTraceparent().isEmpty()) {
      env.put("TRACEPARENT", trace.getTraceparent());
      env.remove("TRACESTATE");
      if (!trace.getTracestate().isEmpty()) {
        env.put("TRACESTATE", trace.getTracestate());
      }
    }
    return env;
  }

  private static Path written(Script script, Path directory) throws IOException {
    // In a directory of its own, lest its name be one of ours.
    Path scripts = Files.createDirectories(directory.resolve("script"));
    Path file = scripts.resolve(fileName(script));
    Files.write(file, script.getContent().toByteArray());
    return file;
  }

  private static String fileName(Script script) {
    return script.getFileName().isEmpty() ? "script" : script.getFileName();
  }
}
