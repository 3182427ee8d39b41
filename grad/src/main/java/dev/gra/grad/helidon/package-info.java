/**
 * What it takes to serve gRPC by Helidon SE 4.5 without its defects: the rest of grad may rely on a
 * call that always ends, on writes that never stop reads, on hearing of a client that is gone, and
 * on a connection that no call's end takes down with it. Each mitigation says the defect; each has
 * a test that fails without it.
 */
package dev.gra.grad.helidon;
