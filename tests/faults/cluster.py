"""A PostgreSQL of the tests' own, which may be stopped, hung and started again."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.faults.waiting import until


def programs() -> Path:
    """Debian keeps the server's programs off the PATH, in a folder for each version: the newest is taken."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    assert initdb, "PostgreSQL is not installed"
    return Path(initdb).resolve().parent


class Cluster:
    def __init__(self, folder: Path, replica_of: "Cluster | None" = None):
        """`folder` is one that another user may be let into."""
        self.programs, self.folder = programs(), folder
        self.owner: dict[str, Any] = {}
        if os.getuid() == 0:  # it refuses to run as root
            try:
                user = pwd.getpwnam("postgres")
            except KeyError:
                user = pwd.getpwnam("nobody")
            self.owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(folder, user.pw_uid, user.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        if replica_of:
            source = [f"--{name}" for name in ("write-recovery-conf", "checkpoint=fast", "no-sync")]
            self._run("pg_basebackup", f"--pgdata={folder}/files", *source, *replica_of._place)
            return
        self._run(
            "initdb",
            f"--pgdata={folder}/files",
            "--auth=trust",
            "--username=roadmap",
            "--encoding=UTF8",
            "--no-sync",
            "--locale=C",
        )

    def url(self, database: str) -> str:
        return f"postgres://roadmap@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        return self._run(
            "psql", *self._place, f"--dbname={database}", "--no-align", "--tuples-only", "--command", statement
        )

    def session(self, database: str) -> subprocess.Popen[str]:
        """A connection that goes on until its input ends."""
        command = [
            str(self.programs / "psql"),
            *self._place,
            f"--dbname={database}",
            "--quiet",
            "--no-align",
            "--tuples-only",
        ]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd="/", stdin=pipe, stdout=pipe, text=True, **self.owner)

    @property
    def _place(self) -> list[str]:
        return ["--host=127.0.0.1", f"--port={self.port}", "--username=roadmap"]

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **self.owner)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(["setpriv", "--pdeathsig=QUIT"] if shutil.which("setpriv") else []),
                    *(self.programs / "postgres", "-D", self.folder / "files"),
                    *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
                ],
                cwd="/",
                stdout=log,
                stderr=log,
                **self.owner,
            )
        until(self.is_ready, 30)

    def is_ready(self) -> bool:
        command = [str(self.programs / "pg_isready"), "--quiet", *self._place]
        return subprocess.run(command, check=False, timeout=10).returncode == 0

    def stop(self) -> None:
        """Its "fast shutdown": whoever is connected is cut off. One that hangs would not hear of it."""
        if self.process and self.process.poll() is None:
            self.wake()
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def hang(self) -> None:
        """It goes on to be there, and to take connections, and does nothing."""
        self._send(signal.SIGSTOP)

    def wake(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, what: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(what)
        for pid in children(self.process.pid):
            with suppress(ProcessLookupError):  # a connection's own, that ended meanwhile
                os.kill(pid, what)


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
