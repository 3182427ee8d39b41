package dev.gra.grad.link;

import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.ProtocolException;
import dev.gra.v1.ExecResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One call on a channel of its own: a frame there, a frame back. */
final class Call implements ChannelListener {
  private final CompletableFuture<LinkResponse> answer = new CompletableFuture<>();

  void answered(LinkResponse response) {
    answer.complete(response);
  }

  @Override
  public void frame(ExecResponse response) {
    throw new ProtocolException("an exec's frame in answer to a call");
  }

  @Override
  public void failed(LinkFailure failure) {
    answer.completeExceptionally(failure.exception());
  }

  /** Waits for the answer. */
  LinkResponse await(Duration atMost) {
    try {
      return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LinkException failed
          ? failed.failure().exception(failed)
          : new LinkFailure.Broken(String.valueOf(e.getCause())).exception(e);
    } catch (TimeoutException e) {
      throw new LinkFailure.Broken("no answer in " + atMost.toSeconds() + " s").exception(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LinkFailure.Broken("interrupted").exception(e);
    }
  }
}
