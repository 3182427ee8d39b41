/**
 * Runners on this one machine: each is a directory under the state directory and a runnerd in a
 * bubblewrap sandbox.
 *
 * <p>{@link dev.gra.grad.local.LocalRuntime} keeps one {@link dev.gra.grad.local.LocalRunner} for
 * each directory, and each of these has one thread that alone starts, watches, restarts, ends and
 * removes it. Nothing is known from memory only: a new grad reads the directories, says Hello at
 * each socket and takes over what answers.
 */
package dev.gra.grad.local;
