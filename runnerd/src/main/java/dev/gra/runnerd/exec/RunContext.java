package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.ProcessTree;
import dev.gra.runnerd.process.Reactor;
import java.nio.ByteBuffer;

/**
 * What all runs of an engine share.
 *
 * @param buffer direct; used within one call on the reactor's thread, never across two
 */
record RunContext(
    Reactor reactor, ProcessTree tree, OomVerdict oom, Settings.Limits limits, ByteBuffer buffer) {}
