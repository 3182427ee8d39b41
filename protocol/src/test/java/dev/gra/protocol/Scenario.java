package dev.gra.protocol;

/** What a simulated run is made of; the first choices of a run. */
record Scenario(
    boolean stdin,
    int stdinBytes,
    int stdoutBytes,
    int stderrBytes,
    boolean ring,
    int spoolBytes,
    int windowBytes,
    int relayWindowBytes,
    boolean waitsForStdinEnd,
    boolean partial,
    boolean corrupt) {

  static Scenario of(Choices choices) {
    // Bytes come in proportion to the windows, so that a small window doesn't make an endless run.
    int window = between(choices, new int[] {8, 4_000, 300_000});
    int relayWindow = between(choices, new int[] {8, 4_000, 300_000});
    int most = (int) Math.min(20L * Math.min(window, relayWindow), 300_000);
    boolean stdin = choices.below(2) == 1;
    return new Scenario(
        stdin,
        choices.below(choices.oneIn(8) ? 600_000 : 5_000),
        choices.below(most + 1),
        choices.below(most + 1),
        choices.below(3) == 1,
        // A writer tells what it consumed in quarters of its window: the spool must hold as much.
        Math.max(1, window / 4) + choices.below(2 * window),
        window,
        relayWindow,
        choices.below(2) == 1,
        choices.oneIn(8),
        choices.oneIn(8));
  }

  private static int between(Choices choices, int[] mosts) {
    return choices.between(1, mosts[choices.below(mosts.length)]);
  }
}
