"""How script/server, and the browser tests after it, run gunicorn; the address comes from the command line."""

import ctypes
import resource
import signal
from typing import Any

# Two processes: enough for one person's machine, and more than one, as on a real site. Each gives what readers ask for
# from its event loop, and has threads of its own for the rest: see roadmap/web/page_store/application.py.
worker_class = "roadmap_site.worker.Worker"
workers = 2
# Every open connection is a file, and a thousand that say nothing must stop nobody.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if 0 <= _soft < 65_536:
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_hard, 65_536) if _hard >= 0 else 65_536, _hard))
# What a large answer was made in goes back to the system at once, where that is glibc (M_MMAP_THRESHOLD, bytes), and
# threads share what they take it from, which is not what was there before the processes parted: whatever is written
# between that is copied with it (M_ARENA_MAX). See benchmarks/README.md for how much each is.
if hasattr(ctypes.CDLL(None), "mallopt"):
    ctypes.CDLL(None).mallopt(-3, 65_536)
    ctypes.CDLL(None).mallopt(-8, 2)
# The site is loaded once, before the address is announced: what is announced answers, and a site that cannot be
# loaded ends the server at once instead of starting worker after worker.
preload_app = True
# No header of a request says where in the site it leads: SCRIPT_NAME, which gunicorn takes from a proxy on this
# machine, made one page answer at the address of another.
forwarder_headers = ""
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
