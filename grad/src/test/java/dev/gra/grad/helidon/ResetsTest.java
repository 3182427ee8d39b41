package dev.gra.grad.helidon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Defects 12 to 14 of Helidon 4.5.0: what a client still sends on a stream that Helidon has
 * forgotten ends the connection, and with it all its other calls.
 */
@Timeout(60)
class ResetsTest {
  private static final int ROUNDS = 100;

  private final FloodServer server = new FloodServer(Duration.ofSeconds(30));
  private final ManagedChannel channel = server.channel();

  @AfterEach
  void stop() {
    server.close();
  }

  /** A call that floods its client, whether it goes on to speak or not. */
  private ClientCall<BytesValue, BytesValue> flood(boolean halfClose, Sink sink) {
    ClientCall<BytesValue, BytesValue> call =
        channel.newCall(FloodServer.FLOOD, CallOptions.DEFAULT);
    call.start(sink, new Metadata());
    call.request(Integer.MAX_VALUE);
    call.sendMessage(BytesValue.getDefaultInstance());
    if (halfClose) {
      call.halfClose();
    }
    return call;
  }

  @Test
  void defect_12_calls_that_are_cancelled_under_output_leave_their_connection_alone() {
    Bystander bystander = new Bystander(channel);
    for (int round = 1; round <= ROUNDS; round++) {
      Sink sink = new Sink(3);
      var call = flood(round % 2 == 0, sink);
      sink.awaitFlowing();
      call.cancel("enough", null);
      bystander.answers(round);
    }

    // Each cancelled call did end, whether its client had half-closed or not.
    await().atMost(Duration.ofSeconds(10)).until(() -> server.cancelled() == ROUNDS);
    await().atMost(Duration.ofSeconds(10)).until(() -> server.guard().openCalls() == 1);
    bystander.endsWell();
  }

  @Test
  void defect_12_a_reset_that_crosses_the_end_of_its_call_leaves_its_connection_alone()
      throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      client.open(1, FloodServer.ECHO.getFullMethodName());
      client.end(1);
      assertThat(client.awaitEnd().stream()).isEqualTo(1);
      client.open(3, FloodServer.ECHO.getFullMethodName());
      client.reset(1);
      client.end(3);

      FrameHeader end = client.awaitEnd();
      assertThat(end.type()).isNotEqualTo(RawClient.GOAWAY);
      assertThat(end.stream()).isEqualTo(3);
    }
  }

  /** As gRPC's own client does now and then: its half-close was under way when it gave up. */
  @Test
  void defect_14_data_after_a_reset_leaves_its_connection_alone() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      client.open(1, FloodServer.ECHO.getFullMethodName());
      client.say(1);
      client.reset(1);
      client.say(1);
      client.end(1);
      client.open(3, FloodServer.ECHO.getFullMethodName());
      client.end(3);

      FrameHeader end = client.awaitEnd();
      while (end.stream() == 1) {
        end = client.awaitEnd();
      }
      assertThat(end.type()).isNotEqualTo(RawClient.GOAWAY);
      assertThat(end.stream()).isEqualTo(3);
    }
  }

  @Test
  void defect_13_what_follows_a_call_that_was_refused_at_its_start_leaves_its_connection_alone()
      throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      for (int stream = 1; stream <= 5; stream += 4) {
        client.open(stream, FloodServer.REFUSED.getFullMethodName());
        assertThat(client.awaitEnd().stream()).isEqualTo(stream);
        // The call is over for the client a moment before Helidon's thread of it is.
        await().until(() -> server.guard().openCalls() == 0);
        client.open(stream + 2, FloodServer.ECHO.getFullMethodName());
        if (stream == 1) {
          client.end(stream);
        } else {
          client.reset(stream);
        }
        client.end(stream + 2);

        FrameHeader end = client.awaitEnd();
        assertThat(end.type()).isNotEqualTo(RawClient.GOAWAY);
        assertThat(end.stream()).isEqualTo(stream + 2);
      }
    }
    await().until(() -> server.guard().streams() == 0);
  }

  /** Sees the first messages of a call. */
  private static final class Sink extends ClientCall.Listener<BytesValue> {
    private final CountDownLatch flowing;

    Sink(int messages) {
      flowing = new CountDownLatch(messages);
    }

    @Override
    public void onMessage(BytesValue message) {
      flowing.countDown();
    }

    void awaitFlowing() {
      try {
        assertThat(flowing.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A long call that has nothing to do with the others of its connection. */
  private static final class Bystander {
    private final AtomicLong answers = new AtomicLong();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<BytesValue> call;

    Bystander(ManagedChannel channel) {
      call =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(FloodServer.ECHO, CallOptions.DEFAULT),
              new MitigationsTest.Sink(end, _ -> answers.incrementAndGet()));
    }

    void answers(int messages) {
      call.onNext(BytesValue.of(ByteString.copyFromUtf8("still there")));
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> answers.get() == messages || end.isDone());
      assertThat(end).isNotDone();
    }

    void endsWell() {
      call.onCompleted();
      assertThat(end.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(Status.OK);
    }
  }
}
