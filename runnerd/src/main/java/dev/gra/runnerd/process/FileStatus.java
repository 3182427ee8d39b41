package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What kind of file there is, and whether it may be executed; paths are relative to a directory's
 * descriptor.
 */
final class FileStatus {
  private static final int X_OK = 1;
  private static final int STATX_TYPE = 1;
  private static final long STATX_SIZE = 256;
  private static final long MODE_OFFSET = 28;
  private static final int TYPE_MASK = 0xF000;
  private static final int DIRECTORY = 0x4000;
  private static final int REGULAR = 0x8000;

  // statx, as struct stat differs between processors.
  private static final MemorySegment STATX = Native.function("statx");
  private static final MemorySegment FACCESSAT = Native.function("faccessat");

  private FileStatus() {}

  /** 0 if it is a directory that may be entered, else an errno. */
  static int enterable(int directory, MemorySegment path) {
    return check(directory, path, DIRECTORY, Errno.ENOTDIR);
  }

  /** 0 if it is a regular file that may be executed, else an errno. */
  static int executable(int directory, MemorySegment path) {
    return check(directory, path, REGULAR, Errno.EACCES);
  }

  private static int check(int directory, MemorySegment path, int type, int otherwise) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(STATX_SIZE, 8);
      int result =
          Native.callInt(STATX, directory, path.address(), 0, STATX_TYPE, status.address(), 0);
      if (result < 0) {
        return -result;
      }
      int mode = Short.toUnsignedInt(status.get(ValueLayout.JAVA_SHORT, MODE_OFFSET));
      if ((mode & TYPE_MASK) != type) {
        return otherwise;
      }
    }
    return -Native.callInt(FACCESSAT, directory, path.address(), X_OK, 0);
  }
}
