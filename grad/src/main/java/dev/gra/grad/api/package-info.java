/**
 * The public API: what a client may say is checked here, who it is, and what it is told when
 * something fails. The only package that knows gRPC's services.
 */
package dev.gra.grad.api;
