package dev.gra.runnerd.process;

import java.nio.charset.StandardCharsets;

/** The environment that a process was started with: NAME=value entries, each ended by a NUL. */
record Environ(String entries) {

  static Environ of(ProcFiles files, int pid) {
    byte[] bytes = files.read("/proc/" + pid + "/environ");
    return new Environ('\0' + new String(bytes, StandardCharsets.UTF_8) + '\0');
  }

  /** A variable's value, or "". */
  String value(String name) {
    int begin = entries.indexOf('\0' + name + '=');
    return begin < 0
        ? ""
        : entries.substring(begin + name.length() + 2, entries.indexOf('\0', begin + 1));
  }

  /** Whether it has this very entry. */
  boolean has(String entry) {
    return entries.contains('\0' + entry + '\0');
  }
}
