package dev.gra.client.cli;

import dev.gra.client.GraException;
import java.io.IOException;
import java.util.List;

/**
 * Copies a file or a tree between here and a runner: a tar over an exec, unpacked beside its place
 * while its SHA-256 is made, and put there if that is the sender's.
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

  /** Copies; one of both must be in a runner. Answers the exit code. */
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
    } catch (BrokenPipeException e) {
      session.messages().clear();
      return ExitCodes.BROKEN_PIPE;
    } catch (IOException e) {
      throw GraException.of("COPY_FAILED", "cp: " + e.getMessage(), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GraException.of("INTERRUPTED", "cp was interrupted", null, e);
    }
  }

  private void upload(CopyPath source, CopyPath target) throws IOException, InterruptedException {
    try (LocalTar tar = new LocalTar(source, session.directory());
        OutgoingCopy content = new OutgoingCopy(tar, progress)) {
      progress.total(tar.bytes());
      List<String> receive = CopyScripts.receive(tar.kind(), target.path(), source.name());
      new CopyExec(session, target, receive, progress).send(content);
    }
  }

  private void download(CopyPath source, CopyPath target) throws IOException, InterruptedException {
    CopyExec exec = new CopyExec(session, source, CopyScripts.send(source.path()), progress);
    Unpacking.Script script =
        () -> CopyScripts.receive(exec.announced().kind(), target.path(), source.name());
    try (Unpacking unpacking = new Unpacking(script, session.directory(), progress)) {
      exec.receive(unpacking);
      unpacking.finish(exec.sum());
    }
  }
}
