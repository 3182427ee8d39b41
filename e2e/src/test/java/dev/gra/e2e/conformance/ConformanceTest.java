package dev.gra.e2e.conformance;

import dev.gra.v1.Runner;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the conformance tests share: a grad, and a runner of the test's own. They use the public API
 * alone.
 */
@ExtendWith(GradUnderTest.class)
abstract class ConformanceTest {
  Endpoint endpoint;
  Api api;
  Runner runner;

  @BeforeEach
  void makeRunner(Endpoint underTest) {
    endpoint = underTest;
    api = new Api(endpoint, endpoint.token());
    runner = api.ensure(freshName());
  }

  @AfterEach
  void deleteRunners() {
    for (Runner left :
        api.runners()
            .listRunners(dev.gra.v1.ListRunnersRequest.getDefaultInstance())
            .getRunnersList()) {
      api.runners()
          .deleteRunner(
              dev.gra.v1.DeleteRunnerRequest.newBuilder().setName(left.getName()).build());
    }
    api.close();
  }

  static String freshName() {
    return "t-" + UUID.randomUUID().toString().substring(0, 8);
  }
}
