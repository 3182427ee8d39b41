package dev.gra.client;

import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.Serial;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Anything that went wrong, as one line for people and a reason for programs. */
public final class GraException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private static final String CERTIFICATE = "CERTIFICATE";

  private final String reason;
  private final Status.Code code;
  private final String hint;
  private final transient Map<String, String> metadata;

  private GraException(
      String reason,
      Status.Code code,
      String message,
      String hint,
      Map<String, String> metadata,
      Throwable cause) {
    super(Objects.requireNonNull(message), cause);
    this.reason = Objects.requireNonNull(reason);
    this.code = Objects.requireNonNull(code);
    this.hint = hint;
    this.metadata = Map.copyOf(metadata);
  }

  /**
   * A failure on this side.
   *
   * @param reason UPPER_SNAKE_CASE
   * @param message what and why, one line
   * @param hint the command or step that helps; null if there is none
   */
  public static GraException of(String reason, String message, String hint) {
    return new GraException(reason, Status.Code.UNKNOWN, message, hint, Map.of(), null);
  }

  /** A failure on this side, with its cause. */
  public static GraException of(String reason, String message, String hint, Throwable cause) {
    return new GraException(reason, Status.Code.UNKNOWN, message, hint, Map.of(), cause);
  }

  /** What a call to the server ended with. */
  public static GraException from(Throwable failure) {
    if (failure instanceof GraException known) {
      return known;
    }
    Status status = Status.fromThrowable(failure);
    Optional<String> distrust = distrust(failure);
    if (distrust.isPresent()) {
      return new GraException(
          CERTIFICATE,
          status.getCode(),
          "grad's certificate can't be trusted: " + distrust.get(),
          "--ca-file FILE, with the certificate of who signed it",
          Map.of(),
          failure);
    }
    Optional<ErrorInfo> info = errorInfo(failure);
    Map<String, String> metadata = info.map(ErrorInfo::getMetadataMap).orElse(Map.of());
    return new GraException(
        info.map(ErrorInfo::getReason).orElse(status.getCode().name()),
        status.getCode(),
        describe(status),
        metadata.get("try"),
        metadata,
        failure);
  }

  /** A token that ran out. */
  static GraException expired(GraException refused, Path tokenFile, Instant when) {
    return new GraException(
        "TOKEN_EXPIRED",
        refused.code,
        "the token in " + tokenFile + " ran out at " + when,
        "a new one in that file, or gractl config use-cluster, which renews it by itself",
        Map.of(),
        refused.getCause());
  }

  /** Nobody answered at an address. */
  static GraException unreachable(Endpoint where, GraException why) {
    return new GraException(
        "UNREACHABLE",
        why.code,
        "grad at " + where + " can't be reached: " + why.getMessage(),
        "gractl config list, for where the address is from",
        Map.of(),
        why);
  }

  private static Optional<String> distrust(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
        return Optional.of(String.valueOf(cause.getMessage()));
      }
    }
    return Optional.empty();
  }

  private static Optional<ErrorInfo> errorInfo(Throwable failure) {
    if (!(failure instanceof StatusRuntimeException withTrailers)
        || withTrailers.getTrailers() == null) {
      return Optional.empty();
    }
    var details = StatusProto.fromThrowable(failure);
    if (details == null) {
      return Optional.empty();
    }
    for (var detail : details.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return Optional.of(detail.unpack(ErrorInfo.class));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          failure.addSuppressed(e);
        }
      }
    }
    return Optional.empty();
  }

  // A refused connection is UNAVAILABLE with a bare description: the cause says more.
  private static String describe(Status status) {
    StringBuilder text = new StringBuilder();
    if (status.getDescription() != null) {
      text.append(status.getDescription());
    }
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && !message.isBlank() && text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
    }
    String line = text.isEmpty() ? status.getCode().name() : text.toString();
    return line.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  /** Why, for programs: UPPER_SNAKE_CASE; the gRPC code's name where the server gave no reason. */
  public String reason() {
    return reason;
  }

  /** The gRPC status, UNKNOWN for a failure on this side. */
  public Status.Code code() {
    return code;
  }

  /** The command or step that helps. */
  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }

  /** True if who answered could not prove to be grad: another try doesn't help. */
  boolean ofCertificate() {
    return reason.equals(CERTIFICATE);
  }

  /** What else the server said, such as {@code field} and {@code limit}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** True if the server itself decided this, rather than a connection that broke. */
  public boolean decidedByServer() {
    if (!(getCause() instanceof StatusRuntimeException)) {
      return false;
    }
    return switch (code) {
      case UNAVAILABLE -> false;
      // Without a reason of ours these come from transports and proxies in the middle too.
      case UNKNOWN, INTERNAL, CANCELLED, DEADLINE_EXCEEDED, OK -> !reason.equals(code.name());
      default -> true;
    };
  }
}
