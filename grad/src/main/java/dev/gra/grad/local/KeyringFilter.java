package dev.gra.grad.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A seccomp program that keeps the kernel's keyrings from a sandbox. They follow no namespace: a
 * command would have the session keyring of whoever started grad, with Kerberos tickets and disk
 * keys in it. The calls answer ENOSYS, as on a kernel without keyrings.
 */
final class KeyringFilter {
  private static final int LOAD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_NOT_BELOW = 0x35;
  private static final int RETURN = 0x06;
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int ALLOW = 0x7fff0000;
  private static final int ENOSYS = 0x00050000 | 38;

  /** The x32 calls of x86-64, which nobody uses, have numbers of their own from here on. */
  private static final int X32 = 0x40000000;

  private static final int INSTRUCTION_BYTES = 8;

  /** An architecture, and its numbers of add_key, request_key and keyctl. */
  private record Calls(int architecture, List<Integer> numbers) {}

  private static final List<Calls> CALLS =
      List.of(
          new Calls(0xC000003E, List.of(248, 249, 250)), // x86-64
          new Calls(0x40000003, List.of(286, 287, 288)), // i386
          new Calls(0xC00000B7, List.of(217, 218, 219)), // aarch64
          new Calls(0x40000028, List.of(309, 310, 311))); // arm

  private record Instruction(int code, int ifTrue, int ifFalse, int value) {}

  private KeyringFilter() {}

  /** The program as bwrap's {@code --seccomp} reads it, in this machine's byte order. */
  static byte[] program() {
    var instructions = new ArrayList<Instruction>();
    instructions.add(new Instruction(LOAD, 0, 0, ARCHITECTURE));
    for (var calls : CALLS) {
      var body = body(calls.numbers());
      instructions.add(new Instruction(JUMP_IF_EQUAL, 0, body.size(), calls.architecture()));
      instructions.addAll(body);
    }
    instructions.add(new Instruction(RETURN, 0, 0, ALLOW));
    return bytes(instructions);
  }

  private static List<Instruction> body(List<Integer> numbers) {
    var body = new ArrayList<Instruction>();
    body.add(new Instruction(LOAD, 0, 0, NUMBER));
    body.add(new Instruction(JUMP_IF_NOT_BELOW, numbers.size() + 1, 0, X32));
    for (var i = 0; i < numbers.size(); i++) {
      body.add(new Instruction(JUMP_IF_EQUAL, numbers.size() - i, 0, numbers.get(i)));
    }
    body.add(new Instruction(RETURN, 0, 0, ALLOW));
    body.add(new Instruction(RETURN, 0, 0, ENOSYS));
    return body;
  }

  private static byte[] bytes(List<Instruction> instructions) {
    var bytes =
        ByteBuffer.allocate(instructions.size() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    for (var instruction : instructions) {
      bytes
          .putShort((short) instruction.code())
          .put((byte) instruction.ifTrue())
          .put((byte) instruction.ifFalse())
          .putInt(instruction.value());
    }
    return bytes.array();
  }
}
