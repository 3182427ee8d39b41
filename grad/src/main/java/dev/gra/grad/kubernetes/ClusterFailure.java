package dev.gra.grad.kubernetes;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.runner.RunnerFailure.NoRoom;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import io.kubernetes.client.openapi.ApiException;
import java.io.IOException;

/** What Kubernetes refused, in its own words. */
final class ClusterFailure {
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int CONFLICT = 409;
  static final int INVALID = 422;

  private static final int UNAUTHORIZED = 401;
  private static final int BAD_REQUEST = 400;
  private static final int TOO_MANY = 429;

  private ClusterFailure() {}

  static RunnerException of(String what, ApiException e) {
    return failure(what, e).exception(e);
  }

  /** Whether admission has something against the sidecars that mount datasets. */
  static boolean forbidsMounts(ApiException e) {
    return e.getCode() == FORBIDDEN && message(e).contains("\"" + MountPod.CONTAINER);
  }

  private static RunnerFailure failure(String what, ApiException e) {
    var message = message(e);
    return switch (e.getCode()) {
      case 0 -> new Unavailable("the Kubernetes API can't be reached: " + message);
      case UNAUTHORIZED ->
          new Unsupported(
              "the Kubernetes API doesn't know grad's credentials: " + message,
              "kubectl auth whoami, with grad's kubeconfig");
      case FORBIDDEN ->
          message.contains("exceeded quota")
              ? new NoRoom("quota", message)
              : new Unsupported(message, forbiddenFix(message));
      case NOT_FOUND ->
          message.contains("namespaces")
              ? new Unsupported(message, "kubectl apply -k kustomize/base")
              : new Unavailable(what + ": " + message);
      case BAD_REQUEST, INVALID ->
          new Unsupported(what + ": " + message, "check the image's name and --pod-template");
      case TOO_MANY -> new Unavailable("the Kubernetes API has too much to do: " + message);
      default -> new Unavailable(what + ": " + message);
    };
  }

  /** RBAC names the verb that one "cannot"; admission, what it has against the pod. */
  private static String forbiddenFix(String message) {
    return message.contains(" cannot ")
        ? "kubectl apply -k kustomize/base, which has grad's Role"
        : "another --pod-template, or another policy of the namespace";
  }

  /** The Status' message, on one line. */
  static String message(ApiException e) {
    var text = e.getCause() != null && e.getCode() == 0 ? e.getCause().getMessage() : body(e);
    return String.valueOf(text).replaceAll("\\s+", " ").strip();
  }

  private static String body(ApiException e) {
    if (e.getResponseBody() == null || e.getResponseBody().isBlank()) {
      return "HTTP " + e.getCode();
    }
    return message(e.getResponseBody());
  }

  /** The message of a Status in JSON; the text itself, if it is none. */
  static String message(String status) {
    try {
      var message = JSON.std.mapFrom(status).get("message");
      return message == null ? status : message.toString();
    } catch (IOException _) {
      return status;
    }
  }
}
