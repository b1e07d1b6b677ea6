"""A mail server on loopback that takes what it is given, speaking SMTP as RFC 5321 has it, and can be told to misbehave."""

import email
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import default


class Sink:
    """`messages` are those that it has whole. `on_line` is called with "connected" and each line of the talk, `on_data` with each message
    before it says 250."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.lines: list[str] = []
        self.refuse = False
        self.hang_up_after_data = False
        self.on_data: Callable[[EmailMessage], None] | None = None
        self.on_line: Callable[[str], None] | None = None
        self.host = "127.0.0.1"
        self.port = 0

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.messages if one["To"] == address]


class _Conversation(socketserver.StreamRequestHandler):
    sink: Sink

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        with suppress(ConnectionError):
            self.talk()

    def talk(self) -> None:
        if self.sink.on_line is not None:
            self.sink.on_line("connected")
        self.say("220 sink.example ESMTP")
        while line := self.rfile.readline().decode().strip():
            self.sink.lines.append(line)
            if self.sink.on_line is not None:
                self.sink.on_line(line)
            verb = line.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250 sink.example")
            elif verb == "RCPT" and self.sink.refuse:
                self.say("451 4.3.0 Try again later")
            elif verb == "DATA":
                self.say("354 Go on")
                if not self.take():
                    return
            elif verb == "QUIT":
                self.say("221 Bye")
                return
            else:
                self.say("250 OK")

    def take(self) -> bool:
        body: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            body.append(line[1:] if line.startswith(b"..") else line)
        parsed = email.message_from_bytes(b"".join(body), policy=default)
        assert isinstance(parsed, EmailMessage)
        self.sink.messages.append(parsed)
        if self.sink.on_data is not None:
            self.sink.on_data(parsed)
        if self.sink.hang_up_after_data:
            return False
        self.say("250 2.0.0 Taken")
        return True


@contextmanager
def running() -> Iterator[Sink]:
    sink = Sink()
    handler = type("Conversation", (_Conversation,), {"sink": sink})
    with socketserver.ThreadingTCPServer((sink.host, 0), handler) as server:
        server.daemon_threads = True
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
