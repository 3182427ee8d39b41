package dev.gra.client.cluster;

import dev.gra.client.GraException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What kubectl says when it fails, as one line with what helps. */
final class KubectlFailure {
  private static final Pattern NOT_FOUND = Pattern.compile("(\\w+) \"([^\"]+)\" not found");
  private static final Pattern FORBIDDEN =
      Pattern.compile("is forbidden: (User \"([^\"]+)\" cannot \\w+ resource .*)");
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "Unable to connect to the server|was refused - did you specify|i/o timeout|no such host"
              + "|connection refused|no route to host|context deadline exceeded|Client\\.Timeout");
  private static final Pattern CONTEXT =
      Pattern.compile("context .* does not exist|context was not found|current-context is not set");
  private static final Pattern LOGGED_OUT =
      Pattern.compile("\\(Unauthorized\\)|must be logged in|getting credentials");

  /** As it is, its last line. */
  static GraException raw(String stderr) {
    return GraException.of("KUBECTL_FAILED", "kubectl: " + lastLine(stderr), null);
  }

  /** With what it means for gra. */
  static GraException explain(GraException raw, ClusterTarget target) {
    String said = raw.getMessage();
    String kubectl = "kubectl --context " + target.context();
    Matcher forbidden = FORBIDDEN.matcher(said);
    Matcher notFound = NOT_FOUND.matcher(said);
    if (CONTEXT.matcher(said).find()) {
      return of(raw, "CONTEXT_UNKNOWN", said, "kubectl config get-contexts");
    }
    if (forbidden.find()) {
      String why = "the cluster refuses: " + forbidden.group(1);
      return of(raw, "FORBIDDEN", why, allowing(said, forbidden.group(2), kubectl, target));
    }
    if (notFound.find()) {
      return notFound(raw, notFound.group(1), notFound.group(2), target);
    }
    if (LOGGED_OUT.matcher(said).find()) {
      return of(raw, "LOGGED_OUT", said, kubectl + " auth whoami, and log in to the cluster again");
    }
    if (UNREACHABLE.matcher(said).find()) {
      return of(
          raw,
          "CLUSTER_UNREACHABLE",
          "the cluster can't be reached: " + said,
          kubectl + " version");
    }
    return of(raw, raw.reason(), said, raw.hint().orElse("the same by hand: " + kubectl));
  }

  private static String allowing(String said, String user, String kubectl, ClusterTarget target) {
    String role = said.contains("serviceaccounts/token") ? "gra-user" : "gra-client";
    if (role.equals("gra-user") && !said.contains("serviceaccounts \"gra-user\"")) {
      return "whoever runs it lets you, as kustomize/base/users.yaml shows";
    }
    return "whoever runs it lets you: %s -n %s create rolebinding %s-%s --role %s --user %s"
        .formatted(
            kubectl, target.namespace(), role, user.replaceAll("[^a-z0-9]+", "-"), role, user);
  }

  private static GraException notFound(
      GraException raw, String resource, String name, ClusterTarget target) {
    String in = " in " + target;
    return switch (resource) {
      case "namespaces" ->
          of(
              raw,
              "NAMESPACE_UNKNOWN",
              "there is no namespace " + name + " in context " + target.context(),
              "--namespace NAME, or kubectl apply -k kustomize/overlays/minikube");
      case "services" ->
          of(
              raw,
              "NO_SERVICE",
              "there is no Service " + name + in,
              "--namespace NAME, or kubectl apply -k kustomize/overlays/minikube");
      case "serviceaccounts" ->
          of(
              raw,
              "NO_SERVICE_ACCOUNT",
              "there is no ServiceAccount " + name + in,
              "kubectl --context %s -n %s create serviceaccount %s"
                  .formatted(target.context(), target.namespace(), name));
      default -> of(raw, "NOT_FOUND", "there is no " + resource + " " + name + in, null);
    };
  }

  private static GraException of(GraException cause, String reason, String what, String hint) {
    return GraException.of(reason, what, hint, cause);
  }

  // Before it come lines of its log, and usage hints of exec plugins.
  private static String lastLine(String stderr) {
    List<String> lines = stderr.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    return lines.isEmpty()
        ? "it failed and said nothing"
        : lines.getLast().replaceFirst("^(error: |Error from server )", "");
  }

  private KubectlFailure() {}
}
