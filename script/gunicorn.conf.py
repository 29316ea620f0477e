"""How script/server, and the browser tests after it, run gunicorn; the address comes from the command line."""

import signal
from typing import Any

# Two processes of four threads: enough for one person's machine, and more than one of each, as on a real site.
worker_class = "gthread"
workers = 2
threads = 4
# The site is loaded once, before the address is announced: what is announced answers, and a site that cannot be
# loaded ends the server at once instead of starting worker after worker.
preload_app = True
loglevel = "warning"
# Its socket would lie in the home folder, one for all the servers of this user.
control_socket_disable = True
# Seconds that Ctrl-C waits, at most, for requests under way; a browser's idle connections would make it 5.
graceful_timeout = 2


def when_ready(server: Any) -> None:
    """Announce the address: gunicorn calls this once it listens."""
    print(f"Serving on {server.LISTENERS[0]} — Ctrl-C to stop", flush=True)


def post_worker_init(worker: Any) -> None:
    """Leave Ctrl-C to the parent, which then ends its workers; gunicorn calls this in each.

    A terminal sends Ctrl-C to all of them. A worker that got both that and its parent's signal at once sometimes (2 of
    60 times) waited for itself, until the parent killed it after half a minute.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
