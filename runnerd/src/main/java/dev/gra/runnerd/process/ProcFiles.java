package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads small files and lists directories of /proc through one buffer. Not thread-safe. */
final class ProcFiles {
  /** More than ARG_MAX of environment can't be, but by prctl; what is beyond is not seen. */
  private static final int MAX_FILE = 4 << 20;

  private static final int READ_ONLY = 0;
  private static final int MAX_PATH = 256;

  private static final long ENTRY_LENGTH = 16;
  private static final long ENTRY_NAME = 19;

  private static final MemorySegment GETDENTS = Native.function("getdents64");

  private final MemorySegment path = Arena.ofAuto().allocate(MAX_PATH, 8);
  private MemorySegment buffer = Arena.ofAuto().allocate(32 << 10, 8);

  boolean exists(String file) {
    int fd = open(file);
    if (fd >= 0) {
      Fds.close(fd);
    }
    return fd >= 0;
  }

  /** The file's bytes; empty if it can't be read, as its process has ended or is another user's. */
  byte[] read(String file) {
    int fd = open(file);
    if (fd < 0) {
      return new byte[0];
    }
    try {
      long length = readFully(fd);
      return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      Fds.close(fd);
    }
  }

  String readText(String file) {
    return new String(read(file), StandardCharsets.ISO_8859_1);
  }

  /** The numbers in a file such as "12 34 56 ". */
  int[] readNumbers(String file) {
    int fd = open(file);
    if (fd < 0) {
      return new int[0];
    }
    try {
      return numbers(readFully(fd));
    } finally {
      Fds.close(fd);
    }
  }

  /** The directory's entries that are numbers. */
  int[] listNumbers(String directory) {
    int fd = open(directory);
    if (fd < 0) {
      return new int[0];
    }
    int[] found = new int[64];
    int count = 0;
    try {
      long length;
      while ((length = Native.call(GETDENTS, fd, buffer.address(), buffer.byteSize(), 0)) > 0) {
        for (long at = 0; at < length; at += entryLength(at)) {
          int number = number(at + ENTRY_NAME);
          if (number >= 0) {
            found = count == found.length ? Arrays.copyOf(found, count * 2) : found;
            found[count++] = number;
          }
        }
      }
      return Arrays.copyOf(found, count);
    } finally {
      Fds.close(fd);
    }
  }

  private int entryLength(long at) {
    return Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + ENTRY_LENGTH));
  }

  /** The NUL-terminated decimal number there, or -1. */
  private int number(long at) {
    int number = 0;
    for (long i = at; ; i++) {
      int digit = buffer.get(ValueLayout.JAVA_BYTE, i) - '0';
      if (digit == -'0') {
        return i == at ? -1 : number;
      }
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
  }

  private int[] numbers(long length) {
    int[] found = new int[4];
    int count = 0;
    int number = -1;
    for (long i = 0; i <= length; i++) {
      int digit = i < length ? buffer.get(ValueLayout.JAVA_BYTE, i) - '0' : -1;
      if (digit >= 0 && digit <= 9) {
        number = Math.max(number, 0) * 10 + digit;
      } else if (number >= 0) {
        found = count == found.length ? Arrays.copyOf(found, count * 2) : found;
        found[count++] = number;
        number = -1;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private int open(String file) {
    path.setString(0, file);
    return Fds.open(path, READ_ONLY);
  }

  /** The length; what was read is at the buffer's beginning. */
  private long readFully(int fd) {
    long length = 0;
    while (true) {
      long count = Fds.read(fd, buffer, length);
      if (count == -Errno.EINTR) {
        continue;
      }
      if (count <= 0) {
        return length;
      }
      length += count;
      if (length == buffer.byteSize()) {
        if (length >= MAX_FILE) {
          return length;
        }
        MemorySegment larger = Arena.ofAuto().allocate(length * 2, 8);
        MemorySegment.copy(buffer, 0, larger, 0, length);
        buffer = larger;
      }
    }
  }
}
