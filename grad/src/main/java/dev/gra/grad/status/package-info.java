/**
 * The status page: what this grad knows of runners and execs, for a person with a browser. It looks
 * and changes nothing.
 */
package dev.gra.grad.status;
