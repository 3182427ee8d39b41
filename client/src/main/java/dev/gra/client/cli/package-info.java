/** The machinery of the command line: what gractl's verbs, in scripts/, are made of. */
package dev.gra.client.cli;
