package dev.gra.grad;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code grad.json} in the state directory: how clients find a grad that runs. */
record GradFile(Path stateDirectory) {
  private Path file() {
    return stateDirectory.resolve("grad.json");
  }

  void write(Grad grad, String isolation) throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("pid", ProcessHandle.current().pid());
    content.put("grpcAddress", "127.0.0.1:" + grad.grpcPort());
    content.put("httpAddress", "127.0.0.1:" + grad.httpPort());
    content.put("tokenFile", stateDirectory.resolve("token").toString());
    content.put("isolation", isolation);
    content.put("stateDirectory", stateDirectory.toString());
    content.put("version", Version.TEXT);
    PrivateFile.write(file(), JSON.std.asString(content));
  }

  void remove() throws IOException {
    Files.deleteIfExists(file());
  }
}
