package dev.gra.runnerd.spool;

/** What a full spool does with more output. */
public enum Overflow {
  /** It takes none until the writer has consumed some: the command's write blocks. */
  BLOCK,
  /** It drops the oldest. */
  DROP_OLDEST
}
