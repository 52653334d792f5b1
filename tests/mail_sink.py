"""A mail server on loopback that counts what it was given and can be made to dawdle at two moments."""

from __future__ import annotations

import socketserver
import threading
import time
from collections import Counter
from email import message_from_bytes

BEFORE, AFTER = "before the text", "after the text, before our yes"


class Sink(socketserver.ThreadingTCPServer):
    """Keeps the Message-ID of every mail it has taken; `dawdle_at` keeps the next sender waiting there."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.got: list[str] = []
        self.dawdle_at = ""
        self.waiting = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.got)

    def arm(self, moment: str) -> None:
        """Keep whoever reaches this moment next waiting there, until `disarm`."""
        self.waiting.clear()
        self.dawdle_at = moment

    def disarm(self) -> None:
        self.dawdle_at = ""

    def pause(self, moment: str) -> None:
        if self.dawdle_at != moment:
            return
        self.waiting.set()
        while self.dawdle_at == moment:
            time.sleep(0.01)


class Conversation(socketserver.StreamRequestHandler):
    """One SMTP session, as much of it as our own client speaks (RFC 5321)."""

    server: Sink

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        try:
            self.say("220 sink")
            while line := self.rfile.readline():
                if not self.obey(line.strip().upper()):
                    return
        except OSError:
            # The sender was killed, which is what these tests do.
            return

    def obey(self, command: bytes) -> bool:
        if command.startswith(b"DATA"):
            self.take()
        elif command.startswith(b"QUIT"):
            self.say("221 bye")
            return False
        else:
            self.say("250 ok")
        return True

    def take(self) -> None:
        self.server.pause(BEFORE)
        self.say("354 go on")
        text = bytearray()
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            text += line
        self.server.got.append(str(message_from_bytes(bytes(text))["Message-ID"]))
        self.server.pause(AFTER)
        self.say("250 taken")
