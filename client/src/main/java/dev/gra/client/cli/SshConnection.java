package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RandomIds;
import dev.gra.client.RemoteExec;
import dev.gra.client.ssh.ClientKey;
import dev.gra.client.ssh.HostKey;
import dev.gra.client.ssh.ServeScript;
import dev.gra.client.ssh.SshHost;
import dev.gra.v1.Ending;
import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One connection of an ssh to a runner, which is its ProxyCommand: what comes on stdin is the stdin
 * of an sshd there, and its stdout is ours. Before sshd's own bytes there comes a line with the key
 * of the host; ssh hears nothing until that is known.
 */
public final class SshConnection implements OutputSink {
  /** How long grad may be out of reach before the connection is over. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What a light exec keeps. */
  private static final long WINDOW_BYTES = 512 << 10;

  private static final int LONGEST_LINE = 4096;
  private static final String ERROR = "gra-ssh-error ";

  private final Session session;
  private final SshHost host;
  private final Runner runner;
  private final OutputSink out;
  private RemoteExec exec;
  private boolean trusted;
  private ByteString head = ByteString.EMPTY;
  private ByteString said = ByteString.EMPTY;

  private SshConnection(Session session, SshHost host, Runner runner) {
    this.session = session;
    this.host = host;
    this.runner = runner;
    this.out = new ProcessOutput(session.messages());
  }

  /**
   * Serves an ssh until it ends.
   *
   * @param name what ssh calls the runner
   * @param user as whom it logs in
   * @param uid the one runner of that name that is meant; null means whichever there is, or is made
   */
  public static int serve(Session session, String name, String user, String uid) {
    SshHost host = SshHost.named(session.home(), name);
    SshConnection connection = new SshConnection(session, host, runner(session, host, uid));
    try {
      return connection.run(user);
    } catch (IOException e) {
      throw GraException.of("SSH_FAILED", "ssh: " + e.getMessage(), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GraException.of("INTERRUPTED", "the connection was interrupted", null, e);
    }
  }

  private static Runner runner(Session session, SshHost host, String uid) {
    if (uid == null) {
      return new RunnerPreparation(session).forExec(host.runner()).runner();
    }
    Runner runner = session.client().runners().get(host.runner());
    if (!runner.getUid().equals(uid)) {
      throw gone(host);
    }
    return runner;
  }

  private int run(String user) throws IOException, InterruptedException {
    session.home().create();
    Start start =
        Start.newBuilder()
            .setExecId("ssh-" + RandomIds.next())
            .setRunner(runner.getName())
            .setRunnerUid(runner.getUid())
            .addAllArgv(ServeScript.command(ClientKey.of(host), user))
            .setStdin(true)
            .setLight(true)
            .setOrphanAfter(
                com.google.protobuf.Duration.newBuilder().setSeconds(PATIENCE.toSeconds()))
            .build();
    exec =
        session
            .client()
            .exec(
                start,
                ExecOptions.to(this)
                    .stdin(new FileInputStream(FileDescriptor.in).getChannel())
                    .trace(session.telemetry().span())
                    .window(WINDOW_BYTES)
                    .giveUpAfter(PATIENCE));
    // Of its end ssh tells us by SIGHUP.
    Signals.handle(() -> exec.cancel("ssh ended"));
    return switch (exec.run()) {
      case ExecOutcome.Finished finished -> ended(finished.ended().getEnding());
      case ExecOutcome.Left _ -> ExitCodes.FAILED;
    };
  }

  private int ended(Ending ending) {
    String words = said.toStringUtf8();
    if (ending.hasRunnerLost()) {
      throw gone(host);
    }
    if (!trusted && !ending.hasCancelled()) {
      throw refused(words, ending);
    }
    if (ending.hasCancelled() || ending.hasExited()) {
      words
          .lines()
          .forEach(line -> session.messages().say("sshd in " + host.runner() + ": " + line));
      return 0;
    }
    throw GraException.of("SSH_FAILED", "sshd in the runner " + Endings.describe(ending), null);
  }

  private GraException refused(String words, Ending ending) {
    String[] reason =
        words
            .lines()
            .filter(line -> line.startsWith(ERROR))
            .findFirst()
            .map(line -> line.substring(ERROR.length()).split(" ", 2))
            .orElse(new String[] {"", ""});
    return switch (reason[0]) {
      case "SSHD_MISSING" ->
          GraException.of(
              "SSHD_MISSING",
              "runner " + host.runner() + " has no sshd, by which ssh reaches it",
              "apt-get install openssh-server (on this machine, or in the runner's image)");
      case "SSH_USER" ->
          GraException.of(
              "SSH_USER",
              "runner " + host.runner() + ": " + reason[1],
              "gractl ssh --login USER " + host.runner() + ", or ssh USER@" + host.name());
      default ->
          GraException.of(
              "SSH_FAILED",
              "sshd in runner "
                  + host.runner()
                  + ": "
                  + (words.isBlank() ? Endings.describe(ending) : words.strip()),
              null);
    };
  }

  private static GraException gone(SshHost host) {
    return GraException.of(
        "RUNNER_GONE",
        "the runner " + host.runner() + " that this was connected to is gone, with its workspace",
        "gractl runners list");
  }

  @Override
  public void write(Stream stream, long offset, ByteString data) throws IOException {
    if (stream == Stream.STREAM_STDERR) {
      said = said.concat(data.substring(0, Math.min(data.size(), LONGEST_LINE - said.size())));
    } else if (trusted) {
      out.write(stream, offset, data);
    } else {
      learnOrEnd(data);
    }
  }

  // Without an ssh that goes on, sshd would wait two minutes for somebody to log in.
  private void learnOrEnd(ByteString data) {
    try {
      learn(data);
    } catch (IOException e) {
      exec.cancel("its host key could not be kept");
      throw GraException.of("SSH_FAILED", "ssh: " + e.getMessage(), null, e);
    } catch (GraException e) {
      exec.cancel("its host key was refused");
      throw e;
    }
  }

  private void learn(ByteString data) throws IOException {
    head = head.concat(data);
    int end = head.toString(StandardCharsets.ISO_8859_1).indexOf('\n');
    if (end < 0 && head.size() < LONGEST_LINE) {
      return;
    }
    String line = head.substring(0, Math.max(0, end)).toString(StandardCharsets.ISO_8859_1);
    HostKey key =
        HostKey.said(line).orElseThrow(() -> new IOException("no host key: '" + line + "'"));
    key.learn(host, runner.getUid());
    trusted = true;
    out.write(Stream.STREAM_STDOUT, end + 1L, head.substring(end + 1));
    head = ByteString.EMPTY;
  }
}
