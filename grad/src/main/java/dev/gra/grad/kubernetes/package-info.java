/**
 * Runners as pods. All that gra knows of a runner is in its Pod; the only package that knows the
 * Kubernetes client.
 */
package dev.gra.grad.kubernetes;
