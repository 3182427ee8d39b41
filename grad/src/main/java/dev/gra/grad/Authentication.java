package dev.gra.grad;

import dev.gra.grad.api.Access;
import dev.gra.grad.api.Tokens;
import dev.gra.grad.config.Configuration;
import dev.gra.grad.config.Key;
import dev.gra.grad.kubernetes.KubernetesRuntime;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who calls.
 *
 * @param access who may call, and for whom
 * @param everybody who could call, as far as that is known
 */
record Authentication(Access access, Supplier<List<Owner>> everybody) {

  static Authentication of(Configuration config, RunnerRuntime runtime) throws IOException {
    if (config.text(Key.AUTHENTICATION).equals("token-review")
        && runtime instanceof KubernetesRuntime kubernetes) {
      return new Authentication(access(kubernetes.tokenReviewer(), config), List::of);
    }
    Path file = config.path(Key.TOKENS_FILE);
    Path token = config.path(Key.STATE_DIRECTORY).resolve("token");
    LocalToken.ensure(token, file, System.getProperty("user.name"));
    Tokens tokens = new Tokens(file);
    return new Authentication(access(tokens::subject, config), tokens::owners);
  }

  private static Access access(Function<String, Optional<Subject>> subjects, Configuration config) {
    return new Access(subjects, config.given(Key.ADMIN_GROUP));
  }
}
