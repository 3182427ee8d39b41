package dev.gra.grad.exec;

import dev.gra.grad.link.LinkException;
import dev.gra.grad.link.LinkFailure;
import dev.gra.grad.link.Links;
import dev.gra.grad.link.Way;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerState;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.CancelExecResponse;
import dev.gra.v1.Exec;
import dev.gra.v1.ExecState;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.GetExecResponse;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.ListExecsResponse;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Execs, by way of their runners' links. */
public final class Execs {
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int PAGE = 1000;

  private final RunnerRuntime runtime;
  private final Links links;
  private final WindowBudget budget;
  private final ExecListener listener;
  private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  public Execs(RunnerRuntime runtime, Links links, WindowBudget budget, ExecListener listener) {
    this.runtime = runtime;
    this.links = links;
    this.budget = budget;
    this.listener = listener;
  }

  /**
   * A new attachment, which nothing is said on before {@link #connect}.
   *
   * @throws dev.gra.protocol.ProtocolException if a cursor can't be
   */
  public Attachment attachment(Opening opening, ExecClient client) {
    return new Attachment(opening, client, budget, listener, attachments::remove);
  }

  /** Connects an attachment, and returns at once: whatever comes of it, the client is told. */
  public void connect(Owner owner, Attachment attachment) {
    attachments.add(attachment);
    if (draining) {
      attachment.drain();
    } else {
      Thread.ofVirtual()
          .name("exec-open-" + attachment.opening().execId())
          .start(() -> connected(owner, attachment));
    }
  }

  /** One exec. */
  public GetExecResponse get(Owner owner, GetExecRequest request) {
    LinkResponse answer =
        call(owner, request.getRunner(), LinkRequest.newBuilder().setGetExec(request));
    require(answer.hasGetExec());
    return answer.getGetExec();
  }

  /** A page of a runner's execs. */
  public ListExecsResponse list(Owner owner, ListExecsRequest request) {
    LinkResponse answer =
        call(owner, request.getRunner(), LinkRequest.newBuilder().setListExecs(request));
    require(answer.hasListExecs());
    return answer.getListExecs();
  }

  /** Ends an exec, and returns when it has ended. */
  public CancelExecResponse cancel(Owner owner, CancelExecRequest request) {
    LinkResponse answer =
        call(owner, request.getRunner(), LinkRequest.newBuilder().setCancelExec(request));
    require(answer.hasCancelExec());
    return answer.getCancelExec();
  }

  /** Whether a command is running in any of the owner's runners, as far as they can be asked. */
  public boolean anyRunning(Owner owner) {
    return runtime.list(owner).stream()
        .filter(runner -> runner.state() == RunnerState.READY)
        .anyMatch(this::anyRunning);
  }

  /**
   * What runs in a runner, of its newest 1,000 execs.
   *
   * @throws RunnerException if there is no such runner any more
   * @throws LinkException if it can't be asked
   */
  public List<Exec> running(Runner runner) {
    ListExecsRequest request =
        ListExecsRequest.newBuilder().setRunner(runner.name().value()).setPageSize(PAGE).build();
    LinkResponse answer = call(runner, LinkRequest.newBuilder().setListExecs(request));
    require(answer.hasListExecs());
    return answer.getListExecs().getExecsList().stream()
        .filter(exec -> exec.getState() == ExecState.EXEC_STATE_RUNNING)
        .toList();
  }

  /** All attachments there are, as they are now. */
  public List<Attached> attached() {
    return attachments.stream().map(Attachment::attached).toList();
  }

  /** How many attachments there are. */
  public int attachments() {
    return attachments.size();
  }

  /** Tells all clients to come again elsewhere or later. Execs go on. */
  public void drain() {
    draining = true;
    attachments.forEach(Attachment::drain);
  }

  private boolean anyRunning(Runner runner) {
    try {
      return !running(runner).isEmpty();
    } catch (RunnerException | LinkException e) {
      // A runner that can't be asked now has no command that waits for this server.
      return false;
    }
  }

  private void connected(Owner owner, Attachment attachment) {
    Opening opening = attachment.opening();
    try {
      Runner runner = runtime.get(owner, opening.runner());
      if (!runner.uid().equals(opening.uid())) {
        attachment.runnerLost("runner replaced by another of its name");
        return;
      }
      links.attach(
          runner.uid().value(), way(runner, attachment::linkOpened), opening.frame(), attachment);
      attachment.open();
    } catch (RunnerException e) {
      failed(attachment, e);
    } catch (LinkException e) {
      if (e.failure() instanceof LinkFailure.WrongRunner wrong) {
        attachment.runnerLost(wrong.message());
      } else {
        attachment.refused(e);
      }
    } catch (RuntimeException e) {
      attachment.refused(e);
    }
  }

  private static void failed(Attachment attachment, RunnerException e) {
    switch (e.failure()) {
      case RunnerFailure.NotFound _ -> attachment.runnerLost("runner deleted");
      case RunnerFailure.Gone gone -> attachment.runnerLost(gone.why());
      case RunnerFailure.Exists _,
          RunnerFailure.SpecConflict _,
          RunnerFailure.UidMismatch _,
          RunnerFailure.NoRoom _,
          RunnerFailure.Unsupported _,
          RunnerFailure.StartFailed _,
          RunnerFailure.Unavailable _ ->
          attachment.refused(e);
    }
  }

  private LinkResponse call(Owner owner, String name, LinkRequest.Builder request) {
    return call(runtime.get(owner, new RunnerName(name)), request);
  }

  private LinkResponse call(Runner runner, LinkRequest.Builder request) {
    return links.call(runner.uid().value(), way(runner, _ -> {}), request, ANSWER);
  }

  private Way way(Runner runner, Consumer<Instant> onOpened) {
    return new Way() {
      @Override
      public ByteChannel connect() {
        Instant begun = Instant.now();
        ByteChannel channel = runtime.connect(runner);
        onOpened.accept(begun);
        return channel;
      }

      @Override
      public boolean ranOutOfMemory(Instant since) {
        return runtime.ranOutOfMemory(runner, since);
      }
    };
  }

  private static void require(boolean right) {
    if (!right) {
      throw new LinkFailure.Broken("the runner's answer is not to what was asked").exception();
    }
  }
}
