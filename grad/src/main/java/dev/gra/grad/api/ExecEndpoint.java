package dev.gra.grad.api;

import dev.gra.grad.exec.Execs;
import dev.gra.protocol.Limits;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.CancelExecResponse;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc.ExecServiceImplBase;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.GetExecResponse;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.ListExecsResponse;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** ExecService. */
final class ExecEndpoint extends ExecServiceImplBase implements AutoCloseable {
  private final Execs execs;
  private final ScheduledExecutorService scheduler;
  private final Set<ExecCall> calls = ConcurrentHashMap.newKeySet();
  private final Future<?> pinging;

  ExecEndpoint(Execs execs, ScheduledExecutorService scheduler) {
    this.execs = execs;
    this.scheduler = scheduler;
    long period = Limits.PING_EVERY.toMillis();
    this.pinging =
        scheduler.scheduleAtFixedRate(
            () -> calls.forEach(ExecCall::ping), period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> client) {
    ExecCall call =
        new ExecCall(
            execs,
            CallContext.caller(),
            CallContext.FACTS.get(),
            CallContext.RPC.get(),
            client,
            scheduler,
            calls::remove);
    calls.add(call);
    return call;
  }

  @Override
  public void getExec(GetExecRequest request, StreamObserver<GetExecResponse> client) {
    Fields.runner("runner", request.getRunner());
    Fields.execId(request.getExecId());
    answer(client, execs.get(CallContext.owner(), request));
  }

  @Override
  public void listExecs(ListExecsRequest request, StreamObserver<ListExecsResponse> client) {
    Fields.runner("runner", request.getRunner());
    int size = Fields.pageSize(request.getPageSize());
    ListExecsRequest sized = request.toBuilder().setPageSize(size).build();
    answer(client, execs.list(CallContext.owner(), sized));
  }

  @Override
  public void cancelExec(CancelExecRequest request, StreamObserver<CancelExecResponse> client) {
    Fields.runner("runner", request.getRunner());
    Fields.execId(request.getExecId());
    Fields.by(request.getBy());
    CancelExecRequest.Builder named = request.toBuilder();
    if (request.getBy().isEmpty()) {
      named.setBy(CallContext.caller().self().subject());
    }
    answer(client, execs.cancel(CallContext.owner(), named.build()));
  }

  @Override
  public void close() {
    pinging.cancel(false);
  }

  private static <T> void answer(StreamObserver<T> client, T response) {
    client.onNext(response);
    client.onCompleted();
  }
}
