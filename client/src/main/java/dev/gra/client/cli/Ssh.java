package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.ssh.SshHost;
import dev.gra.client.ssh.SshOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** This machine's ssh, led to a runner. */
public final class Ssh {
  /** The verb that ssh runs as its ProxyCommand. */
  public static final String CONNECT = "ssh-connect";

  private final Session session;
  private final String mainClass;

  /**
   * For one run.
   *
   * @param mainClass of the script that runs now
   */
  public Ssh(Session session, String mainClass) {
    this.session = session;
    this.mainClass = mainClass;
  }

  /**
   * Becomes ssh.
   *
   * @param runner which one
   * @param login as whom, if not as usual
   * @param terminal whether a command gets a terminal
   * @param words how many of our last arguments are the command, which is empty for a shell
   */
  public void become(String runner, Optional<String> login, boolean terminal, int words) {
    SshHost host = new SshHost(session.home(), runner);
    Path ssh = Programs.require(session.environment(), "ssh", "openssh-client");
    List<String> command = new ArrayList<>(List.of("env"));
    session.handedOn().forEach((name, value) -> command.add(name + "=" + value));
    command.add(ssh.toString());
    login.ifPresent(user -> command.addAll(List.of("-l", user)));
    if (terminal) {
      command.add("-tt");
    }
    try {
      command.addAll(new SshOptions(session.home(), proxy()).arguments());
      // Behind it nothing is an option of ssh's.
      command.addAll(List.of("--", host.name()));
      List<String> bytes = new ArrayList<>(command.stream().map(Ssh::bytes).toList());
      List<String> ours = ProcessImage.commandLine();
      bytes.addAll(ours.subList(ours.size() - words, ours.size()));
      session.close();
      ProcessImage.become("/usr/bin/env", bytes);
    } catch (IOException e) {
      throw GraException.of("SSH_FAILED", "ssh can't be run: " + e.getMessage(), null, e);
    }
  }

  /** The ProxyCommand of this very gractl. */
  List<String> proxy() throws IOException {
    List<String> proxy = new ArrayList<>(Programs.gractl(mainClass));
    proxy.add(CONNECT);
    return proxy;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
