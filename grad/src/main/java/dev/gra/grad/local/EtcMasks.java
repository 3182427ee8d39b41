package dev.gra.grad.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What in the machine's settings a sandbox must not read. The rule is: what a stranger on this
 * machine can't read, a command can't either, although it runs with the rights of whoever started
 * grad, who may be root. A few places are added that hold secrets although they are often left
 * readable.
 */
final class EtcMasks {
  private static final List<Path> WALKED = List.of(Path.of("/etc"), Path.of("/usr/local/etc"));

  private static final Set<Path> ALWAYS =
      Set.of(
          Path.of("/etc/apt/auth.conf"),
          Path.of("/etc/apt/auth.conf.d"),
          Path.of("/etc/boto.cfg"),
          Path.of("/etc/cni"),
          Path.of("/etc/containerd"),
          Path.of("/etc/containers"),
          Path.of("/etc/docker"),
          Path.of("/etc/environment"),
          Path.of("/etc/fstab"),
          Path.of("/etc/gitlab-runner"),
          Path.of("/etc/krb5.keytab"),
          Path.of("/etc/kubernetes"),
          Path.of("/etc/letsencrypt"),
          Path.of("/etc/netplan"),
          Path.of("/etc/NetworkManager"),
          Path.of("/etc/openvpn"),
          Path.of("/etc/rancher"),
          Path.of("/etc/ssl/private"),
          Path.of("/etc/sudoers"),
          Path.of("/etc/sudoers.d"),
          Path.of("/etc/vault.d"),
          Path.of("/etc/wireguard"));

  private EtcMasks() {}

  /**
   * bwrap's arguments.
   *
   * @param nothing an empty file to put in a file's place
   */
  static List<String> arguments(Path nothing) throws IOException {
    var walk = new Walk(nothing);
    for (var root : WALKED) {
      if (Files.isDirectory(root)) {
        Files.walkFileTree(root, walk);
      }
    }
    return walk.arguments;
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path nothing;
    private final List<String> arguments = new ArrayList<>();

    Walk(Path nothing) {
      this.nothing = nothing;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (!secret(directory)) {
        return FileVisitResult.CONTINUE;
      }
      arguments.addAll(
          List.of("--tmpfs", directory.toString(), "--remount-ro", directory.toString()));
      return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!attributes.isSymbolicLink() && (attributes.isOther() || secret(file))) {
        arguments.addAll(List.of("--ro-bind", nothing.toString(), file.toString()));
      }
      return FileVisitResult.CONTINUE;
    }

    /** A directory that grad itself can't list: neither can its commands. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE;
    }

    private static boolean secret(Path path) throws IOException {
      return ALWAYS.contains(path)
          || !Files.readAttributes(path, PosixFileAttributes.class)
              .permissions()
              .contains(PosixFilePermission.OTHERS_READ);
    }
  }
}
