/** What grad can be told: every key in one place, and where each value came from. */
package dev.gra.grad.config;
