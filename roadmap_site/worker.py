"""How gunicorn's processes serve the site: its `asgi` worker, with connections that write at once what is held."""

from typing import Any

import uvloop  # noqa: F401  (here, so that it is loaded before the processes part: it is what they take by themselves)
from gunicorn.asgi import protocol  # type: ignore[import-untyped]
from gunicorn.workers import gasgi  # type: ignore[import-untyped]

from roadmap.web.page_store.connection import ReadersConnection

# Two megabytes of lengths, written ready-made for answers that do not say how long they are. Ours do.
protocol._CHUNK_PREFIXES.clear()


class Worker(gasgi.ASGIWorker):
    """Gunicorn asks no worker which kind of connection it wants: the name that its `_serve` looks up is ours here."""

    _has_room = False

    def init_process(self) -> Any:
        gasgi.ASGIProtocol = ReadersConnection
        return super().init_process()

    def notify(self) -> None:
        """Called as soon as it listens, and each second. To listen, asyncio takes a hundred for all who may wait at the
        door, whatever gunicorn was told; whoever comes after them is sent away for a second.
        """
        super().notify()
        if self.servers and not self._has_room:
            self._has_room = True
            for listener in self.sockets:
                listener.sock.listen(self.cfg.backlog)
