/** What grad tells about itself: logs, traces, metrics. Nothing here holds up a call. */
package dev.gra.grad.telemetry;
