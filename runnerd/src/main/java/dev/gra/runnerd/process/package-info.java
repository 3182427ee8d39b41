/**
 * Processes, descriptors and sockets of Linux, by java.lang.foreign alone. Nothing here may be
 * mixed with {@link java.lang.ProcessBuilder} in one program: its reaper thread would steal exit
 * statuses.
 *
 * <p>One {@link dev.gra.runnerd.process.Reactor} thread carries everything: pipes, pidfds, unix
 * sockets and timers. Descriptors are plain ints; whoever got one closes it.
 */
package dev.gra.runnerd.process;
