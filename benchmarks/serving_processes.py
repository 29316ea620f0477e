"""Real servers on ports of their own, each with its processes: what these use is read from /proc."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_FROM_DISK = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error;
events {{ worker_connections 1024; }}
http {{
  {temporary}
  default_type "text/html; charset=utf-8"; access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000;
  server {{
    listen 127.0.0.1:{port}; root {root}; gzip_static on;
    location ~ \\.br$ {{ add_header Content-Encoding br; }}
  }}
}}
"""


class Server:
    """Processes of one parent, which is this process's child."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]):
        self.port = port
        self.process = process

    @property
    def pids(self) -> list[int]:
        return [self.process.pid, *self.workers]

    @property
    def workers(self) -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = path.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(after_name[1]) == self.process.pid:
                found.append(int(path.parent.name))
        return sorted(found)

    def seconds(self) -> float:
        """Of processor time that all of them have used."""
        return sum(_seconds(pid) for pid in self.pids)

    def memory(self) -> float:
        """Megabytes, what several share divided among them (PSS)."""
        kilobytes = 0
        for pid in self.pids:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return kilobytes / 1024


def _seconds(pid: int) -> float:
    """By the scheduler's own clock, of all threads, where the kernel keeps it; by its ticks otherwise."""
    try:
        nanoseconds = sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    except (FileNotFoundError, ProcessLookupError):
        nanoseconds = 0
    if nanoseconds:
        return nanoseconds / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise SystemExit(f"{name} is not installed. On Debian: apt-get install {package}")
    return found


@contextmanager
def gunicorn(
    application: str,
    environment: dict[str, str],
    *options: str,
    project: Path = ROOT,
    path: Path = ROOT,
    python: Path | None = None,
) -> Iterator[Server]:
    """With the project's own configuration; `options` come after that."""
    python = python or (project / "var" / "venv" / "bin" / "python" if project != ROOT else Path(sys.executable))
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(str(python), "-m", "gunicorn", "--config", "script/gunicorn.conf.py", application),
                *("--bind", f"fd://{listener.fileno()}", *options),
            ],
            cwd=project,
            env={**environment, "PYTHONPATH": str(path)},
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
        )
    with _ended_after(process):
        yield Server(port, process)


@contextmanager
def nginx_from_disk(folder: Path, root: Path) -> Iterator[Server]:
    port = free_port()
    temporary = "".join(f"{name}_temp_path {folder}/{name}; " for name in _TEMPORARY)
    text = _FROM_DISK.format(folder=folder, port=port, root=root, temporary=temporary)
    with _nginx(folder, text, port) as server:
        yield server


@contextmanager
def shipped_nginx(folder: Path, behind: int) -> Iterator[Server]:
    """deploy/nginx.conf with paths and ports of this run; without its limit to what one address may ask."""
    port = free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for old, new in (
        ("worker_processes auto;", f"daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error;"),
        ("http {", "http {\n" + "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY)),
        ("/var/log/nginx/roadmap.log", f"{folder}/access"),
        ("/var/log/nginx/error.log", f"{folder}/error"),
        ("/var/cache/nginx/roadmap", f"{folder}/cache"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{behind}"),
        ("listen 80 ", f"listen 127.0.0.1:{port} "),
        ("limit_req zone=readers burst=200 nodelay;", ""),
    ):
        if text.count(old) != 1:
            raise SystemExit(f"{old} is not once in deploy/nginx.conf")
        text = text.replace(old, new)
    with _nginx(folder, text, port) as server:
        yield server


@contextmanager
def _nginx(folder: Path, text: str, port: int) -> Iterator[Server]:
    folder.mkdir()
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    for parent in (folder, *folder.parents):  # its workers are another user's, where this one is root
        if parent.owner() != "root" or parent == Path("/"):
            break
        parent.chmod(parent.stat().st_mode | 0o011)
    command = [program("nginx", "nginx-light"), "-e", str(folder / "error"), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command)
    with _ended_after(process):
        yield Server(port, process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _ended_after(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_workers(server: Server, count: int) -> None:
    """Until the server answers, and has its processes."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise SystemExit(f"A server ended by itself: {server.process.args!r}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0 and len(server.workers) >= count:
                return
        time.sleep(0.05)
    raise SystemExit(f"A server does not answer: {server.process.args!r}")


def holder_of(connection: socket.socket, pids: Sequence[int]) -> int | None:
    """The process that has taken this connection to a server on this machine."""
    ours, theirs = connection.getsockname()[1], connection.getpeername()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{theirs:04X}") and fields[2].endswith(f":{ours:04X}"):
            link = f"socket:[{fields[9]}]"
            for pid in pids:
                for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                    try:
                        if os.readlink(descriptor) == link:
                            return pid
                    except FileNotFoundError:
                        continue
    return None
