package dev.gra.runnerd.spool;

/** What a full spool does with more output. */
public enum Overflow {
  /** It takes none until the writer has consumed some: the command's write blocks. */
  BLOCK,
  /** The same, and it forgets at once what was consumed. */
  BLOCK_AND_FORGET,
  /** It drops the oldest. */
  DROP_OLDEST
}
