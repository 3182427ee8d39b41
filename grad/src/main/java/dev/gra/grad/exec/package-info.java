/**
 * Execs as grad sees them: it relays between a client's call and a channel of the runner's link, in
 * bounded memory, and keeps nothing that it could lose.
 */
package dev.gra.grad.exec;
