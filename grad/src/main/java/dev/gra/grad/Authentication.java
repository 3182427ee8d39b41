package dev.gra.grad;

import dev.gra.grad.api.Tokens;
import dev.gra.grad.config.Configuration;
import dev.gra.grad.config.Key;
import dev.gra.grad.kubernetes.KubernetesRuntime;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who calls.
 *
 * @param owners who a token stands for
 * @param everybody who could call, as far as that is known
 */
record Authentication(Function<String, Optional<Owner>> owners, Supplier<List<Owner>> everybody) {

  static Authentication of(Configuration config, RunnerRuntime runtime) throws IOException {
    if (config.text(Key.AUTHENTICATION).equals("token-review")
        && runtime instanceof KubernetesRuntime kubernetes) {
      return new Authentication(kubernetes.tokenReviewer(), List::of);
    }
    Path file = config.path(Key.TOKENS_FILE);
    Path token = config.path(Key.STATE_DIRECTORY).resolve("token");
    LocalToken.ensure(token, file, System.getProperty("user.name"));
    Tokens tokens = new Tokens(file);
    return new Authentication(tokens::owner, tokens::owners);
  }
}
