/** SSH into runners: keys, known hosts, and what ssh is told. */
package dev.gra.client.ssh;
