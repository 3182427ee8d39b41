package dev.gra.grad.api;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.gra.grad.exec.DrainingException;
import dev.gra.grad.helidon.GrpcSettings;
import dev.gra.grad.helidon.SilentClientException;
import dev.gra.grad.helidon.UnreadableMessageException;
import dev.gra.grad.link.LinkException;
import dev.gra.grad.link.LinkFailure;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.telemetry.Log;
import dev.gra.protocol.CreditExceededException;
import dev.gra.protocol.ProtocolException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.UUID;

/** The one place that says what a client is told of a failure. */
public final class Boundary {
  private static final String DOMAIN = "gra.dev";
  private static final Log LOG = Log.of(Boundary.class);

  private Boundary() {}

  /** The status of a failure, with ErrorInfo. */
  public static StatusException status(Throwable failure) {
    return switch (failure) {
      case StatusException known -> known;
      case StatusRuntimeException known ->
          new StatusException(known.getStatus(), known.getTrailers());
      case InvalidFieldException e ->
          error(Code.INVALID_ARGUMENT, "INVALID_FIELD", e.getMessage(), Map.of("field", e.field()));
      case UnauthenticatedException e ->
          error(Code.UNAUTHENTICATED, e.reason(), e.getMessage(), Map.of("try", e.hint()));
      case NotAdminException e -> error(Code.PERMISSION_DENIED, "NOT_ADMIN", e.getMessage());
      case RunnerException e -> runner(e.failure());
      case LinkException e -> link(e.failure());
      case ProtocolException e -> error(Code.INVALID_ARGUMENT, "PROTOCOL", e.getMessage());
      case CreditExceededException e ->
          error(Code.RESOURCE_EXHAUSTED, "CREDIT_EXCEEDED", e.getMessage());
      case DrainingException e -> error(Code.UNAVAILABLE, "DRAINING", e.getMessage());
      case SilentClientException e -> error(Code.UNAVAILABLE, "CLIENT_SILENT", e.getMessage());
      case UnreadableMessageException e ->
          error(
              Code.RESOURCE_EXHAUSTED,
              "MESSAGE_UNREADABLE",
              e.getMessage(),
              Map.of("limit", String.valueOf(GrpcSettings.MAX_MESSAGE_BYTES)));
      default -> internal(failure);
    };
  }

  /** ErrorInfo's reason in what a call was closed with, or empty. */
  static String reason(Status status, Metadata trailers) {
    com.google.rpc.Status told = StatusProto.fromStatusAndTrailers(status, trailers);
    return told.getDetailsList().stream()
        .filter(detail -> detail.is(ErrorInfo.class))
        .map(Boundary::reason)
        .findFirst()
        .orElse("");
  }

  private static String reason(Any detail) {
    try {
      return detail.unpack(ErrorInfo.class).getReason();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an ErrorInfo that we made ourselves can be read", e);
    }
  }

  private static StatusException runner(RunnerFailure failure) {
    String message = failure.message();
    return switch (failure) {
      case RunnerFailure.NotFound f ->
          error(
              Code.NOT_FOUND,
              "RUNNER_NOT_FOUND",
              message,
              Map.of("field", "runner", "try", "gractl runners create " + f.name()));
      case RunnerFailure.Gone f ->
          error(
              Code.NOT_FOUND,
              "RUNNER_GONE",
              message,
              Map.of("field", "runner", "try", "gractl runners create " + f.name()));
      case RunnerFailure.Exists _ -> error(Code.ALREADY_EXISTS, "RUNNER_EXISTS", message);
      case RunnerFailure.SpecConflict f ->
          error(
              Code.ALREADY_EXISTS,
              "SPEC_CONFLICT",
              message,
              Map.of("field", f.field(), "try", "gractl runners delete " + f.name()));
      case RunnerFailure.UidMismatch _ ->
          error(Code.ABORTED, "UID_MISMATCH", message, Map.of("field", "uid"));
      case RunnerFailure.NoRoom f ->
          error(Code.RESOURCE_EXHAUSTED, "NO_ROOM", message, Map.of("limit", f.limit()));
      case RunnerFailure.Unsupported f ->
          error(Code.FAILED_PRECONDITION, "UNSUPPORTED", message, Map.of("try", f.fix()));
      case RunnerFailure.StartFailed _ -> error(Code.UNAVAILABLE, "RUNNER_START_FAILED", message);
      case RunnerFailure.Unavailable _ -> error(Code.UNAVAILABLE, "RUNTIME_UNAVAILABLE", message);
    };
  }

  private static StatusException link(LinkFailure failure) {
    return switch (failure) {
      case LinkFailure.Broken f -> error(Code.UNAVAILABLE, "LINK_BROKEN", f.message());
      case LinkFailure.WrongRunner f ->
          error(Code.NOT_FOUND, "RUNNER_GONE", f.message(), Map.of("field", "runner"));
      case LinkFailure.Overflow f -> error(Code.RESOURCE_EXHAUSTED, "TOO_MANY_FRAMES", f.message());
      case LinkFailure.Refused f -> refused(f);
    };
  }

  private static StatusException refused(LinkFailure.Refused refused) {
    String message = refused.message();
    String subject = refused.subject();
    return switch (refused.reason()) {
      case REASON_EXEC_NOT_FOUND ->
          error(Code.NOT_FOUND, "EXEC_NOT_FOUND", message, Map.of("field", "exec_id"));
      case REASON_EXEC_SPEC_CONFLICT ->
          error(Code.ALREADY_EXISTS, "EXEC_SPEC_CONFLICT", message, Map.of("field", "exec_id"));
      case REASON_INVALID_ARGUMENT ->
          error(Code.INVALID_ARGUMENT, "INVALID_FIELD", message, Map.of("field", subject));
      case REASON_LIMIT ->
          error(Code.RESOURCE_EXHAUSTED, "LIMIT", message, Map.of("limit", subject));
      case REASON_CREDIT_EXCEEDED -> error(Code.RESOURCE_EXHAUSTED, "CREDIT_EXCEEDED", message);
      case REASON_NOT_THE_WRITER -> error(Code.FAILED_PRECONDITION, "NOT_THE_WRITER", message);
      case REASON_PROTOCOL, REASON_UNKNOWN_FRAME ->
          error(Code.INVALID_ARGUMENT, "PROTOCOL", message);
      case REASON_ENDING -> error(Code.UNAVAILABLE, "RUNNER_ENDING", message);
      case REASON_VERSION -> error(Code.FAILED_PRECONDITION, "LINK_VERSION", message);
      case REASON_JOURNAL -> error(Code.RESOURCE_EXHAUSTED, "JOURNAL", message);
      case REASON_UNSPECIFIED, UNRECOGNIZED -> error(Code.UNAVAILABLE, "LINK_BROKEN", message);
    };
  }

  private static StatusException internal(Throwable failure) {
    String id = UUID.randomUUID().toString();
    LOG.error("unexpected failure", failure, "incident", id);
    return error(
        Code.INTERNAL,
        "INTERNAL",
        "internal error; the server's log has it as incident " + id,
        Map.of("incident", id));
  }

  private static StatusException error(Code code, String reason, String message) {
    return error(code, reason, message, Map.of());
  }

  private static StatusException error(
      Code code, String reason, String message, Map<String, String> metadata) {
    ErrorInfo info =
        ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason).putAllMetadata(metadata).build();
    return StatusProto.toStatusException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(String.valueOf(message))
            .addDetails(Any.pack(info))
            .build());
  }
}
