package dev.gra.grad.helidon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each test names the defect of Helidon 4.5.0 whose mitigation it fails without. */
@Timeout(60)
class MitigationsTest {
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private final EchoServer server = new EchoServer(GrpcSettings.STANDARD, SILENCE);
  // Where the watchdog isn't what is tested: it would end a call that holds up others, and hide it.
  private final EchoServer patient = new EchoServer(GrpcSettings.STANDARD, Duration.ofMinutes(1));

  @AfterEach
  void stop() {
    server.close();
    patient.close();
  }

  private static BytesValue bytes(ByteString value) {
    return BytesValue.of(value);
  }

  private static BytesValue text(String value) {
    return bytes(ByteString.copyFromUtf8(value));
  }

  private BytesValue unary(ManagedChannel channel, String request) {
    return ClientCalls.blockingUnaryCall(
        channel,
        EchoServer.UNARY,
        CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
        text(request));
  }

  private Status failure(String request) {
    try {
      unary(server.channel(), request);
      throw new AssertionError("it went well");
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void defect_1_an_exception_of_a_handler_reaches_the_client_as_a_status() {
    Status status = failure("throw");

    assertThat(status.getCode()).isEqualTo(Status.Code.ABORTED);
  }

  @Test
  void defect_1_any_description_reaches_the_client_as_it_was() {
    assertThat(failure("throw 100 % \u00fcber\nzwei").getDescription())
        .isEqualTo("100 % \u00fcber\nzwei");
  }

  @Test
  void defect_1_an_exception_in_the_middle_of_a_stream_reaches_the_client() {
    CompletableFuture<Status> end = new CompletableFuture<>();
    var call =
        ClientCalls.asyncBidiStreamingCall(
            server.channel().newCall(EchoServer.BIDI, CallOptions.DEFAULT), new Sink(end, _ -> {}));
    call.onNext(text("throw"));

    assertThat(end.orTimeout(10, TimeUnit.SECONDS).join().getCode()).isEqualTo(Status.Code.ABORTED);
  }

  @Test
  void a_message_that_is_too_long_is_refused_rather_than_ignored() {
    CompletableFuture<Status> end = new CompletableFuture<>();
    var call =
        ClientCalls.asyncBidiStreamingCall(
            server.channel().newCall(EchoServer.BIDI, CallOptions.DEFAULT), new Sink(end, _ -> {}));
    call.onNext(bytes(ByteString.copyFrom(new byte[GrpcSettings.MAX_MESSAGE_BYTES + 1])));

    assertThat(end.orTimeout(10, TimeUnit.SECONDS).join().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void defect_2_what_goes_in_comes_out_whole_while_both_sides_are_busy() {
    int messages = 3_000;
    ByteString block = random(64 << 10);
    AtomicLong received = new AtomicLong();
    CRC32C crc = new CRC32C();
    CompletableFuture<Status> end = new CompletableFuture<>();
    var call =
        ClientCalls.asyncBidiStreamingCall(
            patient.channel().newCall(EchoServer.BIDI, CallOptions.DEFAULT),
            new Sink(
                end,
                answer -> {
                  received.addAndGet(answer.getValue().size());
                  crc.update(answer.getValue().asReadOnlyByteBuffer());
                }));
    CRC32C sent = new CRC32C();
    for (int i = 0; i < messages; i++) {
      call.onNext(bytes(block));
      sent.update(block.asReadOnlyByteBuffer());
    }
    call.onCompleted();

    assertThat(end.orTimeout(50, TimeUnit.SECONDS).join().isOk()).isTrue();
    assertThat(received.get()).isEqualTo((long) messages * block.size());
    assertThat(crc.getValue()).isEqualTo(sent.getValue());
  }

  @Test
  void defect_3_a_dropped_connection_is_noticed_and_leaves_nothing_behind() throws Exception {
    try (CutConnection cut = new CutConnection(server.port())) {
      CompletableFuture<Status> end = new CompletableFuture<>();
      var call =
          ClientCalls.asyncBidiStreamingCall(
              server.channel(cut.port()).newCall(EchoServer.BIDI, CallOptions.DEFAULT),
              new Sink(end, _ -> {}));
      call.onNext(text("hello"));
      await().until(() -> server.guard().openCalls() == 1);
      cut.cut();

      await().atMost(SILENCE.multipliedBy(3)).until(() -> server.cancelled() == 1);
      await().atMost(SILENCE).until(() -> server.guard().streams() == 0);
    }
  }

  @Test
  void defect_3_the_end_of_a_call_whose_client_is_gone_leaves_nothing_behind() throws Exception {
    try (CutConnection cut = new CutConnection(server.port())) {
      var call =
          ClientCalls.asyncBidiStreamingCall(
              server.channel(cut.port()).newCall(EchoServer.BIDI, CallOptions.DEFAULT),
              new Sink(new CompletableFuture<>(), _ -> {}));
      call.onNext(text("end later"));
      await().until(() -> server.guard().openCalls() == 1);
      cut.cut();
      server.release();

      await().atMost(SILENCE.multipliedBy(3)).until(() -> server.guard().streams() == 0);
    }
  }

  @Test
  void a_stream_that_the_server_ends_after_the_client_leaves_no_thread() {
    CompletableFuture<Status> end = new CompletableFuture<>();
    var call =
        ClientCalls.asyncBidiStreamingCall(
            server.channel().newCall(EchoServer.BIDI, CallOptions.DEFAULT), new Sink(end, _ -> {}));
    call.onNext(text("end later"));
    call.onCompleted();
    await().until(() -> server.guard().openCalls() == 1);
    server.release();

    assertThat(end.orTimeout(10, TimeUnit.SECONDS).join().isOk()).isTrue();
    await().atMost(Duration.ofSeconds(1)).until(() -> server.guard().streams() == 0);
  }

  @Test
  void defect_4_messages_arrive_before_the_half_close_that_follows_at_once() {
    for (int round = 0; round < 200; round++) {
      AtomicLong received = new AtomicLong();
      CompletableFuture<Status> end = new CompletableFuture<>();
      var call =
          ClientCalls.asyncBidiStreamingCall(
              server.channel().newCall(EchoServer.BIDI, CallOptions.DEFAULT),
              new Sink(end, _ -> received.incrementAndGet()));
      for (int i = 0; i < 20; i++) {
        call.onNext(text("hello"));
      }
      call.onCompleted();

      assertThat(end.orTimeout(10, TimeUnit.SECONDS).join().isOk()).isTrue();
      assertThat(received).hasValue(20);
    }
  }

  @Test
  void defect_5_a_client_that_does_not_read_holds_up_no_other_call_of_its_connection() {
    ManagedChannel channel = patient.channel();
    CountDownLatch stalled = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var call =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(EchoServer.BIDI, CallOptions.DEFAULT),
            new Sink(
                new CompletableFuture<>(),
                _ -> {
                  stalled.countDown();
                  awaitQuietly(go);
                }));
    ByteString block = random(64 << 10);
    for (int i = 0; i < 1_000; i++) {
      call.onNext(bytes(block));
    }
    awaitQuietly(stalled);

    long until = System.nanoTime() + SILENCE.toNanos();
    while (System.nanoTime() < until) {
      assertThat(unary(channel, "hello").getValue().toStringUtf8()).isEqualTo("hello");
    }
    go.countDown();
  }

  @Test
  void defect_6_and_11_a_stream_with_signs_of_life_outlives_the_idle_timeout() throws Exception {
    Duration idle = Duration.ofSeconds(2);
    try (EchoServer hasty = new EchoServer(new GrpcSettings(idle, idle), SILENCE)) {
      CompletableFuture<Status> end = new CompletableFuture<>();
      AtomicLong received = new AtomicLong();
      var call =
          ClientCalls.asyncBidiStreamingCall(
              hasty.channel().newCall(EchoServer.BIDI, CallOptions.DEFAULT),
              new Sink(end, _ -> received.incrementAndGet()));
      long until = System.nanoTime() + idle.multipliedBy(3).toNanos();
      int sent = 0;
      while (System.nanoTime() < until) {
        call.onNext(text("alive"));
        long expected = ++sent;
        await().until(() -> received.get() == expected);
        await().during(Duration.ofMillis(300)).until(() -> !end.isDone());
      }
    }
  }

  @Test
  void defect_6_the_idle_timeout_is_far_from_any_pause_between_signs_of_life() {
    assertThat(GrpcSettings.STANDARD.idleConnection()).isGreaterThan(Duration.ofMinutes(30));
  }

  @Test
  void defect_7_answers_are_not_compressed() {
    AtomicReference<Metadata> headers = new AtomicReference<>();
    var channel =
        ClientInterceptors.intercept(
            server.channel(),
            MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
    ClientCalls.blockingUnaryCall(channel, EchoServer.UNARY, CallOptions.DEFAULT, text("hello"));

    assertThat(headers.get().get(ENCODING)).isEqualTo("identity");
  }

  @Test
  void defect_9_a_deadline_that_passes_at_the_client_ends_the_call_here() {
    CompletableFuture<Status> end = new CompletableFuture<>();
    var call =
        ClientCalls.asyncBidiStreamingCall(
            server
                .channel()
                .newCall(
                    EchoServer.BIDI,
                    CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS)),
            new Sink(end, _ -> {}));
    call.onNext(text("end later"));

    assertThat(end.orTimeout(10, TimeUnit.SECONDS).join().getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    await().atMost(Duration.ofSeconds(1)).until(() -> server.cancelled() == 1);
  }

  @Test
  void defect_12_many_streams_of_one_connection_keep_to_its_window_together() {
    int streams = 40;
    int messages = 30;
    ByteString block = random(30_000);
    AtomicLong received = new AtomicLong();
    List<CompletableFuture<Status>> ends = new ArrayList<>();
    ManagedChannel channel = patient.channel(patient.port(), 65_535);
    for (int i = 0; i < streams; i++) {
      CompletableFuture<Status> end = new CompletableFuture<>();
      ends.add(end);
      var call =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(EchoServer.BIDI, CallOptions.DEFAULT),
              new Sink(end, answer -> received.addAndGet(answer.getValue().size())));
      for (int j = 0; j < messages; j++) {
        call.onNext(bytes(block));
      }
      call.onCompleted();
    }

    for (CompletableFuture<Status> end : ends) {
      assertThat(end.orTimeout(50, TimeUnit.SECONDS).join()).isEqualTo(Status.OK);
    }
    assertThat(received).hasValue((long) streams * messages * block.size());
  }

  @Test
  void defect_10_small_calls_do_not_wait_for_nagle() {
    ManagedChannel channel = server.channel();
    for (int i = 0; i < 50; i++) {
      unary(channel, "warm");
    }
    long begun = System.nanoTime();
    int calls = 200;
    for (int i = 0; i < calls; i++) {
      unary(channel, "hello");
    }
    Duration each = Duration.ofNanos((System.nanoTime() - begun) / calls);

    assertThat(each).isLessThan(Duration.ofMillis(12));
  }

  private static ByteString random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  record Sink(CompletableFuture<Status> end, java.util.function.Consumer<BytesValue> onMessage)
      implements StreamObserver<BytesValue> {
    @Override
    public void onNext(BytesValue value) {
      onMessage.accept(value);
    }

    @Override
    public void onError(Throwable why) {
      end.complete(Status.fromThrowable(why));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }
}
