package dev.gra.runnerd.exec;

import dev.gra.protocol.Streams;
import dev.gra.runnerd.spool.Spool;
import dev.gra.v1.Cursors;
import dev.gra.v1.Stream;
import dev.gra.v1.StreamTotals;
import java.util.List;

/** An exec's two spools. */
record Spools(Spool stdout, Spool stderr) {
  Spool of(Stream stream) {
    return Streams.index(stream) == 0 ? stdout : stderr;
  }

  List<Spool> all() {
    return List.of(stdout, stderr);
  }

  Cursors first() {
    return Cursors.newBuilder().setStdout(stdout.first()).setStderr(stderr.first()).build();
  }

  Cursors end() {
    return Cursors.newBuilder().setStdout(stdout.end()).setStderr(stderr.end()).build();
  }

  static StreamTotals totals(Spool spool) {
    return StreamTotals.newBuilder().setBytes(spool.end()).setCrc32C(spool.crc32c()).build();
  }
}
