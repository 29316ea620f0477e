"""A program that webhooks are posted to, on loopback: `with receiving() as program`; and the door that leads there."""

import base64
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from roadmap.subscriptions.webhooks.network import Door


class Program:
    """What came, and what is answered: `status`, with `headers`."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.port = 0
        self.drips = False
        self.ends = threading.Event()

    @property
    def url(self) -> str:
        return f"http://program.example:{self.port}/roadmap?key=1"


def door(*addresses: str, **options: Any) -> Door:
    """To this machine, whatever is asked for: no name is looked up."""
    there = addresses or ("127.0.0.1",)
    return Door(look_up=lambda host, port: there, is_public=lambda address: True, **options)


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the standard has a program check it, not as we write it."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    key = base64.b64decode(secret.split("_", 1)[1])
    right = base64.b64encode(hmac.new(key, signed.encode(), "sha256").digest()).decode()
    return f"v1,{right}" in headers["webhook-signature"].split(" ")


@contextmanager
def receiving() -> Iterator[Program]:
    program = Program()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            program.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if program.drips:  # never a whole answer, but something now and then
                while not program.ends.wait(0.05):
                    self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            self.send_response(program.status)
            for name, value in program.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    program.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield program
    finally:
        program.ends.set()
        server.shutdown()
        server.server_close()
