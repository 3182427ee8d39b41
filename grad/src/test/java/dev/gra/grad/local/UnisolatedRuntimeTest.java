package dev.gra.grad.local;

import java.io.IOException;

class UnisolatedRuntimeTest extends LocalRuntimeContract {
  UnisolatedRuntimeTest() throws IOException {
    super(IsolationChoice.NONE);
  }
}
