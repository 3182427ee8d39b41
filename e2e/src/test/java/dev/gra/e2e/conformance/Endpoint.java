package dev.gra.e2e.conformance;

import java.util.Optional;

/**
 * A grad to test, and two subjects it knows.
 *
 * @param address host:port of its gRPC listener
 * @param token one subject's bearer token
 * @param strangersToken another subject's
 * @param caFile what its certificate is to be trusted by, PEM; without TLS if empty
 */
public record Endpoint(
    String address, String token, String strangersToken, Optional<String> caFile) {}
