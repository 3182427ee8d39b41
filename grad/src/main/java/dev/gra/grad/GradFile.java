package dev.gra.grad;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** {@code grad.properties} in the state directory: how clients find a grad that runs. */
record GradFile(Path stateDirectory) {
  private Path file() {
    return stateDirectory.resolve("grad.properties");
  }

  void write(Grad grad, String isolation) throws IOException {
    Properties content = new Properties();
    content.setProperty("pid", Long.toString(ProcessHandle.current().pid()));
    content.setProperty("grpcAddress", "127.0.0.1:" + grad.grpcPort());
    content.setProperty("httpAddress", "127.0.0.1:" + grad.httpPort());
    content.setProperty("tokenFile", stateDirectory.resolve("token").toString());
    content.setProperty("isolation", isolation);
    content.setProperty("stateDirectory", stateDirectory.toString());
    content.setProperty("version", Version.TEXT);
    StringWriter text = new StringWriter();
    content.store(text, null);
    PrivateFile.write(file(), text.toString());
  }

  void remove() throws IOException {
    Files.deleteIfExists(file());
  }
}
