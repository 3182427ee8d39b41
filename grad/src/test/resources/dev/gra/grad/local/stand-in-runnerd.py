#!/usr/bin/env python3
"""Stands in for runnerd in the local runtime's tests: says Hello, and runs whatever shell script follows it.

After Hello a client may send one frame of text, a script; the answer is its output, raw, until the end of the stream.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--socket", required=True)
parser.add_argument("--state", required=True)
parser.add_argument("--workspace", required=True)
parser.add_argument("--runner-uid", required=True)
parser.add_argument("--idle-timeout", required=True)
parser.add_argument("--delay", type=float, default=0)
parser.add_argument("--fail", default=None)
options = parser.parse_args()
incarnation = secrets.token_hex(8)


def note(name):
    with open(os.path.join(options.state, name), "a") as file:
        file.write(incarnation + "\n")


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def hello():
    text = b"\x08\x01\x10\x01" + field(3, b"stand-in")
    text += field(4, incarnation.encode()) + field(5, options.runner_uid.encode())
    frame = field(2, text)
    return varint(len(frame)) + frame


def read_frame(stream):
    length, shift = 0, 0
    while True:
        byte = stream.read(1)
        if not byte:
            return None
        length |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return stream.read(length)


def serve(connection):
    with connection, connection.makefile("rb") as stream:
        if read_frame(stream) is None:
            return
        connection.sendall(hello())
        script = read_frame(stream)
        if script is None:
            return
        ran = subprocess.run(
            ["/bin/sh", "-c", script.decode()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=options.workspace,
        )
        connection.sendall(ran.stdout)


def terminate(*_):
    note("terminated")
    os._exit(0)


def idle():
    time.sleep(float(options.idle_timeout))
    note("finished")
    os._exit(0)


signal.signal(signal.SIGTERM, terminate)
if options.fail:
    sys.exit("stand-in: " + options.fail)
if os.path.exists(os.path.join(options.workspace, "die")):
    sys.exit("stand-in: told to die")
time.sleep(options.delay)
note("started")
if options.idle_timeout != "never":
    threading.Thread(target=idle, daemon=True).start()
listener = socket.socket(socket.AF_UNIX)
os.umask(0o077)
listener.bind(options.socket)
os.umask(0o022)
listener.listen(64)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
