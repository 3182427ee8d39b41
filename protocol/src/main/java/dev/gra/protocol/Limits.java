package dev.gra.protocol;

import java.time.Duration;

/** The protocol's numbers, the same for every party. */
public final class Limits {
  /** Most bytes of data in one Output or Stdin frame. */
  public static final int CHUNK_BYTES = 32 * 1024;

  /** Most that a client may ask for beyond what it has consumed. */
  public static final long MAX_WINDOW_BYTES = 16L << 20;

  /** What a client asks for by default, per output stream. */
  public static final long OUTPUT_WINDOW_BYTES = 1L << 20;

  /** Most stdin that a runner takes beyond what the command has consumed; it may take less. */
  public static final long STDIN_WINDOW_BYTES = 1L << 20;

  /**
   * Most that a client consumes without telling. A spool that blocks must hold more: its command
   * waits for the writer's word.
   */
  public static final long UNTOLD_BYTES = 256L << 10;

  /**
   * Beyond every stream's end, and far enough below what a long can hold to add windows without
   * thought.
   */
  public static final long MAX_OFFSET = 1L << 62;

  /** Longest word of who cancels or why, in characters. */
  public static final int CANCEL_BY_CHARACTERS = 200;

  /** Largest script. */
  public static final int SCRIPT_BYTES = 1 << 20;

  /** Largest argv, all strings together. */
  public static final int ARGV_BYTES = 1 << 20;

  /** Most strings in argv. */
  public static final int ARGV_STRINGS = 65_536;

  /** Longest single string of argv or env (Linux' MAX_ARG_STRLEN, less the NUL). */
  public static final int ARG_BYTES = 131_071;

  /** Largest env, all names and values together. */
  public static final int ENV_BYTES = 1 << 20;

  /** Largest frame on a link. */
  public static final int LINK_FRAME_BYTES = 4 << 20;

  /** How often each side gives a sign of life. */
  public static final Duration PING_EVERY = Duration.ofSeconds(10);

  /** After how long a silence the peer is held to be gone. */
  public static final Duration SILENCE = Duration.ofSeconds(35);

  /** How long a client may repeat a Start. */
  public static final Duration START_RETRIES = Duration.ofMinutes(10);

  /** How long an exec lives without a writer, unless its Start says otherwise. */
  public static final Duration ORPHAN_AFTER = Duration.ofMinutes(10);

  /** The same for a light exec. */
  public static final Duration LIGHT_ORPHAN_AFTER = Duration.ofSeconds(10);

  /** The longest that a light exec may live without a writer. */
  public static final Duration LIGHT_ORPHAN_MAX = Duration.ofMinutes(10);

  private Limits() {}
}
