/**
 * The exec stream as pure state machines: no I/O, no threads, no clock. {@link
 * dev.gra.protocol.ClientExec} is the client's side, {@link dev.gra.protocol.Relay} the server's in
 * the middle, {@link dev.gra.protocol.RunnerExec} the runner's. Each is confined to one thread or
 * guarded by its host; each holds a bounded amount whatever its peer sends.
 *
 * <p>What a machine has to say is derived from its state when the host asks for the next frame,
 * never queued: a cut loses nothing but frames whose content the state still holds.
 */
package dev.gra.protocol;
