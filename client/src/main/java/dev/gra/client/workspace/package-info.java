/** What makes a directory a workspace: its files, and the name of its runner. */
package dev.gra.client.workspace;
