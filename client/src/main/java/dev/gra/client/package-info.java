/**
 * gra's Java client: a channel to a grad, its runners, and execs that outlive a broken connection.
 * Begin at {@link dev.gra.client.GraClient}.
 */
package dev.gra.client;
