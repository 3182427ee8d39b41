package dev.gra.e2e.conformance;

/**
 * A grad to test, and two subjects it knows.
 *
 * @param address host:port of its gRPC listener
 * @param token one subject's bearer token
 * @param strangersToken another subject's
 */
public record Endpoint(String address, String token, String strangersToken) {}
