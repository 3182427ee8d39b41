/** A workspace and its runner kept alike: rsync, whose other half is an exec. */
package dev.gra.client.sync;
