package dev.gra.grad.runner;

import java.util.regex.Pattern;

/**
 * Where a dataset is seen as files.
 *
 * @param path absolute, below {@link #ROOT}
 * @param writable whether commands may write there; whether the key may is another question
 */
public record DatasetMount(String path, boolean writable) {
  /** Below it all are mounted. */
  public static final String ROOT = "/workspace/dataset";

  private static final Pattern PATH =
      Pattern.compile(ROOT + "(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+");
  private static final int MAX_PATH = ROOT.length() + 201;

  public DatasetMount {
    Dataset.require(
        path.length() <= MAX_PATH && PATH.matcher(path).matches(),
        "mount",
        ROOT + "/ and parts of letters, digits and ._- between single '/', at most 200");
  }

  /** Below {@link #ROOT}. */
  public String relative() {
    return path.substring(ROOT.length() + 1);
  }

  boolean within(DatasetMount other) {
    return path.startsWith(other.path + "/");
  }
}
