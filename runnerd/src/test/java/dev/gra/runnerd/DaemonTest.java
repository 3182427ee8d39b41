package dev.gra.runnerd;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with a daemon and a link of its own. */
abstract class DaemonTest {
  @TempDir Path directory;

  Daemon daemon;
  TestLink link;

  @BeforeEach
  void start() throws Exception {
    daemon = newDaemon();
    link = daemon.link();
  }

  @AfterEach
  void stop() throws Exception {
    link.close();
    daemon.close();
  }

  /** The daemon that the test wants. */
  Daemon newDaemon() throws Exception {
    return Daemon.start(directory);
  }

  /** Ends the daemon and starts another one in the same directory. */
  void restart() throws Exception {
    stop();
    start();
  }
}
