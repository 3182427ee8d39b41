package dev.gra.client.cli;

/**
 * Which port of a runner is to be had at which port here.
 *
 * @param remote the runner's, 1 to 65535
 * @param local ours; 0 for any that is free
 */
public record ForwardPorts(int remote, int local) {
  private static final int LARGEST = 65_535;

  public ForwardPorts {
    if (remote < 1 || remote > LARGEST || local < 0 || local > LARGEST) {
      throw new IllegalArgumentException("ports " + remote + " and " + local);
    }
  }

  /** From {@code PORT[:LOCAL]}; LOCAL is the same port if it isn't given. */
  public static ForwardPorts parse(String text) {
    String[] parts = text.split(":", -1);
    int remote = number(parts[0]);
    int local = parts.length > 1 ? number(parts[1]) : remote;
    if (parts.length > 2 || remote < 1 || local < 0) {
      throw Usage.error(
          text + ": not a port or PORT:LOCAL, 1 to 65535 (LOCAL also 0: any free one)",
          "gractl forward 8888:0");
    }
    return new ForwardPorts(remote, local);
  }

  /** -1 if it is none. */
  private static int number(String text) {
    int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
    return number <= LARGEST ? number : -1;
  }
}
