import com.google.protobuf.ByteString;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.v1.Credit;
import dev.gra.v1.Ended;
import dev.gra.v1.EndedAck;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.Script;
import dev.gra.v1.Start;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinEnd;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What the AOT cache is trained with: a link, two commands, one with stdin and one script with output on both streams. */
final class Train {
  private static final String RUNNER = "training";
  private static final long PATIENCE = Duration.ofSeconds(30).toNanos();
  private static final long WINDOW = 1 << 20;

  private final InputStream in;
  private final OutputStream out;

  private Train(SocketChannel socket) {
    in = Channels.newInputStream(socket);
    out = Channels.newOutputStream(socket);
  }

  static void main(String[] args) throws IOException {
    try (SocketChannel socket = connect(Path.of(args[0]))) {
      new Train(socket).run();
    }
  }

  private static SocketChannel connect(Path path) throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    while (true) {
      SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        socket.connect(UnixDomainSocketAddress.of(path));
        return socket;
      } catch (IOException notYet) {
        socket.close();
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  private void run() throws IOException {
    send(0, LinkRequest.newBuilder().setHello(Hello.newBuilder().setMinVersion(1).setMaxVersion(1).setSoftware("training")));
    Start.Builder cat = Start.newBuilder().addArgv("cat").setStdin(true);
    Start.Builder script =
        Start.newBuilder()
            .setScript(
                Script.newBuilder()
                    .addInterpreter("/bin/sh")
                    .setContent(ByteString.copyFromUtf8("echo out; echo err >&2; sleep 60 & exit 3")));
    exec(1, cat.setExecId("one"), ByteString.copyFromUtf8("bytes\n".repeat(10_000)));
    exec(2, script.setExecId("two"), ByteString.EMPTY);
    send(3, LinkRequest.newBuilder().setListExecs(ListExecsRequest.newBuilder().setRunner(RUNNER)));
    while (!receive().hasListExecs()) {}
  }

  private void exec(long channel, Start.Builder start, ByteString stdin) throws IOException {
    frame(channel, ExecRequest.newBuilder().setStart(start.setRunner(RUNNER).setRunnerUid(RUNNER)));
    credit(channel, Stream.STREAM_STDOUT, 0);
    credit(channel, Stream.STREAM_STDERR, 0);
    if (start.getStdin()) {
      for (int offset = 0; offset < stdin.size(); offset += 16_384) {
        ByteString data = stdin.substring(offset, Math.min(stdin.size(), offset + 16_384));
        frame(channel, ExecRequest.newBuilder().setStdin(Stdin.newBuilder().setOffset(offset).setData(data)));
      }
      frame(channel, ExecRequest.newBuilder().setStdinEnd(StdinEnd.newBuilder().setOffset(stdin.size())));
    }
    Ended ended = drain(channel);
    if (!ended.getEnding().hasExited() || ended.getStdin().getBytes() != stdin.size()) {
      throw new IOException("the command of the training ended otherwise: " + ended);
    }
    frame(channel, ExecRequest.newBuilder().setEndedAck(EndedAck.getDefaultInstance()));
  }

  private Ended drain(long channel) throws IOException {
    while (true) {
      LinkResponse response = receive();
      if (response.hasError()) {
        throw new IOException("runnerd refused the training: " + response.getError());
      }
      if (response.getExec().hasOutput()) {
        var output = response.getExec().getOutput();
        credit(channel, output.getStream(), output.getOffset() + output.getData().size());
      }
      if (response.getExec().hasEnded()) {
        return response.getExec().getEnded();
      }
    }
  }

  private void credit(long channel, Stream stream, long consumed) throws IOException {
    Credit.Builder credit = Credit.newBuilder().setStream(stream).setConsumed(consumed).setUntil(consumed + WINDOW);
    frame(channel, ExecRequest.newBuilder().setCredit(credit));
  }

  private void frame(long channel, ExecRequest.Builder frame) throws IOException {
    send(channel, LinkRequest.newBuilder().setExec(frame));
  }

  private void send(long channel, LinkRequest.Builder request) throws IOException {
    request.setChannel(channel).build().writeDelimitedTo(out);
  }

  private LinkResponse receive() throws IOException {
    LinkResponse response = LinkResponse.parseDelimitedFrom(in);
    if (response == null) {
      throw new IOException("runnerd closed the link");
    }
    return response;
  }
}
