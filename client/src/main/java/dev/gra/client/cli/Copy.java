package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Copies a file or a tree between here and a runner: a tar over an exec, unpacked beside its place,
 * compared by SHA-256 with what was sent, and only then put there.
 */
public final class Copy {
  /** Our own stdin or stdout; a file of that name is {@code ./-}. */
  private static final String STREAM = "-";

  private final Session session;
  private final CopyProgress progress;

  /** For one run. */
  public Copy(Session session) {
    this.session = session;
    this.progress = new CopyProgress(session.messages());
  }

  /** Copies; one of both must be in a runner. */
  public int copy(String from, String to) {
    CopyPath source = CopyPath.parse(from);
    CopyPath target = CopyPath.parse(to);
    if (source.runner().isPresent() == target.runner().isPresent()) {
      throw Usage.error(
          "cp copies between here and a runner", "gractl cp data :  or  gractl cp :results .");
    }
    try {
      if (from.equals(STREAM)) {
        new StreamCopy(session, progress).upload(target);
      } else if (to.equals(STREAM)) {
        new StreamCopy(session, progress).download(source);
      } else if (target.runner().isPresent()) {
        upload(source, target);
      } else {
        download(source, target);
      }
      progress.done(from, to);
      return 0;
    } catch (IOException e) {
      throw GraException.of("COPY_FAILED", "cp: " + e.getMessage(), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GraException.of("INTERRUPTED", "cp was interrupted", null, e);
    }
  }

  private void upload(CopyPath source, CopyPath target) throws IOException, InterruptedException {
    Process digesting = local(CopyScripts.digest(source.path())).start();
    digesting.getOutputStream().close();
    CopyExec.Announced announced = CopyExec.announced(text(digesting.getErrorStream()));
    Commands.await(digesting);
    Process sender = local(CopyScripts.send(source.path())).redirectError(DISCARD).start();
    sender.getOutputStream().close();
    try {
      List<String> receive =
          CopyScripts.receive(announced.kind(), announced.digest(), target.path(), source.name());
      new CopyExec(session, target, receive).send(counted(sender.getInputStream()));
    } finally {
      sender.destroy();
    }
  }

  private void download(CopyPath source, CopyPath target) throws IOException, InterruptedException {
    CopyExec exec = new CopyExec(session, source, CopyScripts.send(source.path()));
    // The announcement comes on the other stream, which may be a moment later than the first byte.
    try (Unpacking unpacking =
        new Unpacking(
            () -> {
              if (!exec.said().contains("\n")) {
                return null;
              }
              CopyExec.Announced announced = CopyExec.announced(exec.said());
              return local(
                      CopyScripts.receive(
                          announced.kind(), announced.digest(), target.path(), source.name()))
                  .start();
            },
            progress)) {
      exec.receive(unpacking);
      unpacking.finish();
    }
  }

  private ProcessBuilder local(List<String> command) {
    return new ProcessBuilder(command).directory(session.directory().toFile());
  }

  private static final ProcessBuilder.Redirect DISCARD = ProcessBuilder.Redirect.DISCARD;

  private static String text(java.io.InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private ReadableByteChannel counted(java.io.InputStream in) {
    ReadableByteChannel source = Channels.newChannel(in);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        int count = source.read(target);
        progress.bytes(Math.max(0, count));
        return count;
      }

      @Override
      public boolean isOpen() {
        return source.isOpen();
      }

      @Override
      public void close() throws IOException {
        source.close();
      }
    };
  }
}
