package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.OutputSink;
import dev.gra.v1.Stream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The head and tail of each stream, for a JSON object that has an end. */
public final class CapturedOutput implements OutputSink {
  /** Bytes kept of either end. */
  public static final int HEAD = 16 * 1024;

  private static final class Captured {
    final ByteArrayOutputStream head = new ByteArrayOutputStream();
    final byte[] tail = new byte[HEAD];
    long bytes;
    long missing;
  }

  private final Map<Stream, Captured> streams = new EnumMap<>(Stream.class);

  /** Empty. */
  public CapturedOutput() {
    streams.put(Stream.STREAM_STDOUT, new Captured());
    streams.put(Stream.STREAM_STDERR, new Captured());
  }

  @Override
  public synchronized void write(Stream stream, long offset, ByteString data) {
    Captured captured = streams.get(stream);
    int toHead = Math.min(data.size(), HEAD - captured.head.size());
    captured.head.write(data.substring(0, toHead).toByteArray(), 0, toHead);
    // Only the last bytes can stay in the tail, which is a ring over what follows the head.
    int skip = Math.max(toHead, data.size() - HEAD);
    for (int i = skip; i < data.size(); i++) {
      captured.tail[(int) ((captured.bytes + i) % HEAD)] = data.byteAt(i);
    }
    captured.bytes += data.size();
  }

  @Override
  public synchronized void gap(Stream stream, long from, long to) {
    streams.get(stream).missing += to - from;
  }

  /** True if some of it isn't kept. */
  public synchronized boolean truncated() {
    return streams.values().stream().anyMatch(one -> one.bytes > 2L * HEAD || one.missing > 0);
  }

  /**
   * What is kept of one stream: {@code text} if it is the whole, else {@code head} and {@code
   * tail}.
   */
  public synchronized Map<String, Object> json(Stream stream) {
    Captured captured = streams.get(stream);
    Map<String, Object> json = new LinkedHashMap<>();
    boolean truncated = captured.bytes > 2L * HEAD;
    json.put("truncated", truncated);
    if (captured.missing > 0) {
      json.put("missingBytes", captured.missing);
    }
    byte[] head = captured.head.toByteArray();
    byte[] tail = tail(captured);
    if (!truncated) {
      byte[] whole = new byte[head.length + tail.length];
      System.arraycopy(head, 0, whole, 0, head.length);
      System.arraycopy(tail, 0, whole, head.length, tail.length);
      put(json, "text", whole);
    } else {
      json.put("omittedBytes", captured.bytes - head.length - tail.length);
      put(json, "head", withoutBrokenEnd(head));
      put(json, "tail", withoutBrokenStart(tail));
    }
    return json;
  }

  private static byte[] tail(Captured captured) {
    int length = (int) Math.min(HEAD, captured.bytes - captured.head.size());
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = captured.tail[(int) ((captured.bytes - length + i) % HEAD)];
    }
    return bytes;
  }

  private static void put(Map<String, Object> json, String name, byte[] bytes) {
    try {
      json.put(name, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      // Not text: the bytes themselves.
      json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
    }
  }

  // A cut may fall into a character of up to four bytes: the part is left out.
  private static byte[] withoutBrokenEnd(byte[] bytes) {
    int at = bytes.length - 1;
    while (at >= 0 && at > bytes.length - 4 && (bytes[at] & 0xC0) == 0x80) {
      at--;
    }
    if (at < 0 || (bytes[at] & 0x80) == 0) {
      return bytes;
    }
    int lead = Byte.toUnsignedInt(bytes[at]);
    int needs = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    return bytes.length - at < needs ? java.util.Arrays.copyOf(bytes, at) : bytes;
  }

  private static byte[] withoutBrokenStart(byte[] bytes) {
    int at = 0;
    while (at < Math.min(3, bytes.length) && (bytes[at] & 0xC0) == 0x80) {
      at++;
    }
    return java.util.Arrays.copyOfRange(bytes, at, bytes.length);
  }
}
