"""How gunicorn's processes serve the site: its `asgi` worker, with connections that write at once what is held."""

from typing import Any

from gunicorn.workers import gasgi  # type: ignore[import-untyped]

from roadmap.web.page_store.connection import ReadersConnection


class Worker(gasgi.ASGIWorker):
    """Gunicorn asks no worker which kind of connection it wants: the name that its `_serve` looks up is ours here."""

    def init_process(self) -> Any:
        gasgi.ASGIProtocol = ReadersConnection
        return super().init_process()
