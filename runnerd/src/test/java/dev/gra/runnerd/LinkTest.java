package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkError;
import dev.gra.link.v1.LinkRequest;
import dev.gra.v1.Exec;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ListExecsResponse;
import dev.gra.v1.Start;
import dev.gra.v1.Stdin;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkTest extends DaemonTest {
  @Test
  void hello_tells_who_speaks_and_a_restart_changes_the_incarnation() throws Exception {
    Hello first = link.next().getHello();
    assertThat(first.getRunnerUid()).isEqualTo(Daemon.UID);
    assertThat(first.getMinVersion()).isEqualTo(1);
    assertThat(first.getSoftware()).startsWith("runnerd ");
    restart();
    assertThat(link.next().getHello().getIncarnation())
        .isNotEmpty()
        .isNotEqualTo(first.getIncarnation());
  }

  @Test
  void only_the_owner_may_connect() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(daemon.socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void a_peer_without_a_common_version_is_told_and_left() throws Exception {
    try (TestLink other = TestLink.silent(daemon.socket)) {
      other.next();
      other.send(
          LinkRequest.newBuilder().setHello(Hello.newBuilder().setMinVersion(2).setMaxVersion(9)));
      assertThat(other.next().getError().getReason()).isEqualTo(LinkError.Reason.REASON_VERSION);
      other.closed().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_peer_that_does_not_greet_is_left() throws Exception {
    try (TestLink other = TestLink.silent(daemon.socket)) {
      other.send(LinkRequest.newBuilder().setChannel(1));
      other.closed().get(10, TimeUnit.SECONDS);
    }
    assertLinkWorks();
  }

  @Test
  void a_frame_that_is_too_large_or_no_frame_ends_the_link() throws Exception {
    for (byte[] bytes :
        new byte[][] {
          {(byte) 0x81, (byte) 0x80, (byte) 0x80, 2}, {-1, -1, -1, -1, -1, -1}, {2, 7, 7}
        }) {
      try (TestLink other = daemon.link()) {
        other.sendBytes(bytes);
        other.closed().get(10, TimeUnit.SECONDS);
      }
    }
    assertLinkWorks();
  }

  @Test
  void an_unknown_frame_is_refused_on_its_channel() throws Exception {
    LinkRequest.Builder unknown =
        LinkRequest.newBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build());
    assertThat(link.call(unknown).getError().getReason())
        .isEqualTo(LinkError.Reason.REASON_UNKNOWN_FRAME);
    TestExec exec = link.start(command("cat").setStdin(true).build());
    exec.awaitStarted();
    link.send(exec.channel(), ExecRequest.getDefaultInstance());
    assertThat(exec.error().getReason()).isEqualTo(LinkError.Reason.REASON_UNKNOWN_FRAME);
  }

  @Test
  void more_stdin_than_credit_ends_the_attachment() throws Exception {
    CompletableFuture<LinkError> error = new CompletableFuture<>();
    long channel =
        link.open(
            frame -> {
              if (frame.hasError()) {
                error.complete(frame.getError());
              }
            });
    Start start = command("sleep", "60").setStdin(true).build();
    link.send(channel, ExecRequest.newBuilder().setStart(start).build());
    ByteString data = ByteString.copyFrom(new byte[32 * 1024]);
    for (int i = 0; i < 64; i++) {
      long offset = (long) i * data.size();
      Stdin stdin = Stdin.newBuilder().setOffset(offset).setData(data).build();
      link.send(channel, ExecRequest.newBuilder().setStdin(stdin).build());
    }
    assertThat(error.get(10, TimeUnit.SECONDS).getReason())
        .isEqualTo(LinkError.Reason.REASON_CREDIT_EXCEEDED);
  }

  @Test
  void wrong_starts_name_their_field() throws Exception {
    assertThat(field(command())).isEqualTo("argv");
    assertThat(field(command(""))).isEqualTo("argv");
    assertThat(field(command("a\0b"))).isEqualTo("argv");
    assertThat(field(command("x".repeat(131_072)))).isEqualTo("argv");
    assertThat(field(command("true").setExecId(""))).isEqualTo("exec_id");
    assertThat(field(command("true").setExecId("../x"))).isEqualTo("exec_id");
    assertThat(field(command("true").setExecId("x".repeat(65)))).isEqualTo("exec_id");
    assertThat(field(command("true").putEnv("GRA_X", "1"))).isEqualTo("env");
    assertThat(field(command("true").putEnv("A=B", "1"))).isEqualTo("env");
    assertThat(field(bigEnvironment())).isEqualTo("env");
    assertThat(field(command("true").setTimeout(duration(-1)))).isEqualTo("timeout");
    assertThat(field(command("true").setTimeout(duration(0)))).isEqualTo("timeout");
    assertThat(field(command("true").setOrphanAfter(duration(-2)))).isEqualTo("orphan_after");
    assertThat(field(Daemon.script("x"))).isEqualTo("script.interpreter");
    assertThat(field(Daemon.script("x".repeat((1 << 20) + 1), "sh"))).isEqualTo("script.content");
    Start.Builder named = Daemon.script("x", "sh");
    named.getScriptBuilder().setFileName("../x");
    assertThat(field(named)).isEqualTo("script.file_name");
    assertThat(daemon.settings.state().resolve("execs")).isEmptyDirectory();
  }

  @Test
  void execs_are_listed_newest_first_in_pages() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Start start = command("true").build();
      ids.addFirst(start.getExecId());
      link.start(start).verified();
    }
    List<String> listed = new ArrayList<>();
    String token = "";
    do {
      ListExecsResponse page = Queries.list(link, 2, token);
      assertThat(page.getExecsCount()).isLessThanOrEqualTo(2);
      listed.addAll(page.getExecsList().stream().map(Exec::getExecId).toList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(listed).isEqualTo(ids);
    assertThat(Queries.list(link, 0, "").getExecsList()).hasSize(5);
  }

  @Test
  void several_links_may_serve_one_exec() throws Exception {
    Start start = Daemon.shell("read a; echo $a").setStdin(true).build();
    TestExec writer = link.start(start);
    writer.awaitStarted();
    try (TestLink other = daemon.link()) {
      TestExec observer = other.attach(Queries.attach(start.getExecId()).build());
      observer.awaitStarted();
      writer.stdin("hello\n");
      assertThat(observer.verified()).isEqualTo(writer.verified());
      assertThat(observer.stdoutText()).isEqualTo("hello\n");
    }
  }

  @Test
  void a_peer_that_reads_nothing_does_not_hinder_others() throws Exception {
    try (TestLink deaf = daemon.deafLink()) {
      for (int i = 0; i < 3000; i++) {
        deaf.send(
            LinkRequest.newBuilder()
                .setChannel(i + 1)
                .setListExecs(dev.gra.v1.ListExecsRequest.getDefaultInstance()));
        if (i == 0) {
          link.start(command("true").build()).verified();
        }
      }
      assertLinkWorks();
    }
  }

  private void assertLinkWorks() throws Exception {
    link.start(command("true").build()).verified();
  }

  private String field(Start.Builder start) throws Exception {
    LinkError error = link.start(start.build()).error();
    assertThat(error.getReason()).isEqualTo(LinkError.Reason.REASON_INVALID_ARGUMENT);
    assertThat(error.getMessage()).startsWith(error.getSubject());
    return error.getSubject();
  }

  private static Start.Builder bigEnvironment() {
    Start.Builder start = command("true");
    for (int i = 0; i < 20; i++) {
      start.putEnv("V" + i, "x".repeat(100_000));
    }
    return start;
  }

  private static com.google.protobuf.Duration duration(long seconds) {
    return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
  }
}
