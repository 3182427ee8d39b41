/**
 * Links to runnerds: one byte stream a runner, on which every attachment and call has a channel.
 * Nothing here waits for whoever listens to a channel.
 */
package dev.gra.grad.link;
