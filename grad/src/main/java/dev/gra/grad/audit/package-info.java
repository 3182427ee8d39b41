/**
 * The audit log: who ran what, and how it ended; and what was refused. docs/audit.md has its lines.
 * No environment, script, stdin or token is ever in it, and of a command only as much as is
 * allowed.
 */
package dev.gra.grad.audit;
