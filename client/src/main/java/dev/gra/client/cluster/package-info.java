/** The way to a grad in a Kubernetes cluster, by kubectl: the tunnel to it and the token for it. */
package dev.gra.client.cluster;
