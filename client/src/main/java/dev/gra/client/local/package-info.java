/** The grad of one machine: finding, starting and stopping it. */
package dev.gra.client.local;
