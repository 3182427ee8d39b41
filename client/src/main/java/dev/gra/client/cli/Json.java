package dev.gra.client.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.client.GraException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON that gractl prints: always one object, with a version and a kind. */
public final class Json {
  /** Changes when a member is taken away or means something else; new ones may come at any time. */
  public static final String API_VERSION = "gra.dev/v1";

  /** An object of a kind, to be filled. */
  public static Map<String, Object> object(String kind) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("apiVersion", API_VERSION);
    json.put("kind", kind);
    return json;
  }

  static Map<String, Object> error(String reason, String message, String hint) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("reason", reason);
    json.put("message", message);
    if (hint != null) {
      json.put("try", hint);
    }
    return json;
  }

  /** A failure. */
  public static Map<String, Object> failure(GraException failure) {
    Map<String, Object> json = object("Error");
    json.put("exitCode", Usage.exitCode(failure));
    json.put("error", error(failure.reason(), failure.getMessage(), failure.hint().orElse(null)));
    return json;
  }

  /** Prints it on stdout. */
  public static void print(Map<String, Object> json) {
    try {
      String text = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json);
      System.out.write((text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
      System.out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Json() {}
}
