package dev.gra.grad.local;

import java.io.IOException;

class BubblewrapRuntimeTest extends LocalRuntimeContract {
  BubblewrapRuntimeTest() throws IOException {
    super(IsolationChoice.BUBBLEWRAP);
  }
}
