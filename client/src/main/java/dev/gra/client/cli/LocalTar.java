package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** A file or a tree of this machine as tar packs it. What tar has to say goes to our stderr. */
final class LocalTar extends InputStream {
  private final CopyPath source;
  private final Path real;
  private final boolean tree;
  private final Process tar;

  /**
   * Begins to pack.
   *
   * @param directory what a relative path begins at
   */
  LocalTar(CopyPath source, Path directory) throws IOException {
    Path path = directory.resolve(source.path());
    if (!Files.exists(path)) {
      throw GraException.of(
          "COPY_FAILED", "cp: " + source.path() + ": no such file or directory", null);
    }
    this.source = source;
    real = path.toRealPath();
    tree = Files.isDirectory(real);
    String root = (tree ? real : real.getParent()).toString();
    String member = tree ? "." : "./" + real.getFileName();
    tar =
        new ProcessBuilder(List.of("tar", "-cf", "-", "-C", root, member))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    tar.getOutputStream().close();
  }

  /** What it is, as the scripts have it. */
  String kind() {
    return tree ? "tree" : "file";
  }

  /** How many bytes its files have, about. */
  long bytes() throws IOException {
    var sum =
        new SimpleFileVisitor<Path>() {
          private long bytes;

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // That is tar's to tell.
          }
        };
    Files.walkFileTree(real, sum);
    return sum.bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = tar.getInputStream().read(into, offset, length);
    if (count < 0 && Commands.await(tar) != 0) {
      throw new IOException(source.path() + ": tar could not read all of it");
    }
    return count;
  }

  @Override
  public void close() {
    tar.destroy();
  }
}
