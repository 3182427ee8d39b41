package dev.gra.grad.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** An HTTP/2 client that sends the frames that it is told to, when it is told to. */
final class RawClient implements AutoCloseable {
  static final int GOAWAY = 7;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  // HPACK's indices of whole headers, and of the names of headers that are not to be indexed.
  private static final int POST = 0x83;
  private static final int SCHEME_HTTP = 0x86;
  private static final int AUTHORITY = 1;
  private static final int PATH = 4;
  private static final int NEW_NAME = 0;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  void open(int stream, String method) throws IOException {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    headers.write(POST);
    headers.write(SCHEME_HTTP);
    headers.write(AUTHORITY);
    text(headers, "localhost");
    headers.write(PATH);
    text(headers, "/" + method);
    headers.write(NEW_NAME);
    text(headers, "content-type");
    text(headers, "application/grpc");
    send(FrameHeader.HEADERS, END_HEADERS, stream, headers.toByteArray());
  }

  /** Sends an empty message, the last one. */
  void end(int stream) throws IOException {
    send(FrameHeader.DATA, END_STREAM, stream, new byte[5]);
  }

  /** Sends an empty message. */
  void say(int stream) throws IOException {
    send(FrameHeader.DATA, 0, stream, new byte[5]);
  }

  void reset(int stream) throws IOException {
    send(FrameHeader.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
  }

  /** The first frame that ends a stream or the connection. */
  FrameHeader awaitEnd() throws IOException {
    byte[] bytes = new byte[FrameHeader.BYTES];
    while (true) {
      in.readFully(bytes);
      FrameHeader header = FrameHeader.of(index -> bytes[index]);
      in.skipNBytes(header.length());
      if (header.endsStream() || header.type() == GOAWAY) {
        return header;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void send(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  private static void text(ByteArrayOutputStream headers, String text) {
    headers.write(text.length());
    headers.writeBytes(text.getBytes(US_ASCII));
  }
}
