package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls into the C library. All functions share one shape, {@code long f(long, long, long, long,
 * long, long)} plus the captured errno: arguments that a function doesn't take are ignored by the
 * calling conventions of x86-64 and AArch64, and one shape is linked in a fraction of the time that
 * one for each function takes.
 */
final class Native {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
          Linker.Option.captureCallState("errno"));
  private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();

  /** Each thread's own, as the captured errno would otherwise be another thread's. */
  private static final ThreadLocal<MemorySegment> CAPTURE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ERRNO));

  private Native() {}

  static MemorySegment function(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
  }

  /** The result of a function that returns a long, or -errno if it was -1. */
  static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    MemorySegment capture = CAPTURE.get();
    long result = invoke(function, capture, a, b, c, d, e, f);
    return result == -1 ? -capture.get(ValueLayout.JAVA_INT, 0) : result;
  }

  static long call(MemorySegment function, long a, long b, long c, long d) {
    return call(function, a, b, c, d, 0, 0);
  }

  /** The result of a function that returns an int, or -errno if it was -1. */
  static int callInt(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    MemorySegment capture = CAPTURE.get();
    // The upper half of the register is undefined.
    int result = (int) invoke(function, capture, a, b, c, d, e, f);
    return result == -1 ? -capture.get(ValueLayout.JAVA_INT, 0) : result;
  }

  static int callInt(MemorySegment function, long a, long b, long c, long d) {
    return callInt(function, a, b, c, d, 0, 0);
  }

  static int callInt(MemorySegment function, long a) {
    return callInt(function, a, 0, 0, 0, 0, 0);
  }

  private static long invoke(
      MemorySegment function,
      MemorySegment capture,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f) {
    try {
      return (long) CALL.invokeExact(function, capture, a, b, c, d, e, f);
    } catch (RuntimeException | Error unchecked) {
      throw unchecked;
    } catch (Throwable checked) {
      throw new AssertionError("a native call throws nothing", checked);
    }
  }
}
