/** Settings: flags, then the environment, then the workspace's file, then the user's own. */
package dev.gra.client.config;
