/** gractl's own span, sent by OTLP where the environment asks for it. */
package dev.gra.client.telemetry;
