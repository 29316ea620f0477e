"""Machines to deploy to: each a bare Debian with a systemd, network, processes and disk of its own.

For root on Linux, with debootstrap; the kernel is this host's. A machine's disk is a layer over the bare Debian, so
that its size is what was added. How this host reaches the mirror of Debian and the registries is copied into each:
no guide can know it.
"""

import contextlib
import os
import shutil
import subprocess
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

RELEASES = {"12": "bookworm", "13": "trixie"}
BARE = Path("/var/tmp/roadmap-bare")
BRIDGE = "roadmap0"
NETWORK = "10.77.0"
HOST = f"{NETWORK}.254"
USER = "ann"
# What a bare machine of a hosting service has besides Debian's minimum.
USUAL = "systemd,systemd-sysv,dbus,sudo,iproute2,ca-certificates,openssl"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
OF_HOST = "/etc/certificates-of-the-host.crt"  # where nothing that is installed writes


def run(*command: str, **options: object) -> str:
    done = subprocess.run([*command], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return str(done.stdout)


def bare(version: str, packages: str = USUAL) -> Path:
    """The folder with a bare Debian of that version, made once."""
    folder = BARE / f"{version}-{'usual' if packages else 'least'}"
    if not folder.exists():
        assert shutil.which("debootstrap"), "debootstrap is not installed: apt-get install debootstrap"
        unfinished = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        chosen = [f"--include={packages}"] if packages else []
        run(
            "debootstrap",
            "--variant=minbase",
            *chosen,
            RELEASES[version],
            str(unfinished),
            "http://deb.debian.org/debian",
        )
        shutil.rmtree(unfinished / "var/cache/apt/archives", ignore_errors=True)
        unfinished.rename(folder)
    return folder


def size_of(folder: Path) -> int:
    """Megabytes on disk."""
    return int(run("du", "-sm", str(folder)).split()[0])


def let_reach_registries(root: Path) -> None:
    """Name servers and certificates. What else this host tells pip and npm: `environment`."""
    for name, place in (("/etc/resolv.conf", "/etc/resolv.conf"), (CERTIFICATES, OF_HOST)):
        target = root / place[1:]
        target.unlink(missing_ok=True)
        shutil.copy(name, target)
    # As in Debian's own images.
    (root / "etc/apt/apt.conf.d/99roadmap").write_text('Acquire::Languages "none";\n', encoding="ascii")


def environment() -> dict[str, str]:
    certificates = dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), OF_HOST)
    told = ("PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "npm_config_registry")
    return certificates | {name: os.environ[name] for name in told if name in os.environ}


@contextlib.contextmanager
def layered(base: Path, folder: Path) -> Iterator[Path]:
    """`base` with a layer of its own over it: what is written lies in `folder`/added."""
    for name in ("added", "work", "root"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    root = folder / "root"
    options = f"lowerdir={base},upperdir={folder / 'added'},workdir={folder / 'work'}"
    run("mount", "-t", "overlay", "-o", options, "overlay", str(root))
    try:
        yield root
    finally:
        run("umount", "--lazy", str(root))


@contextlib.contextmanager
def network() -> Iterator[None]:
    """A wire that all machines and this host are on; what they send further goes by this host."""
    run("ip", "link", "add", BRIDGE, "type", "bridge")
    run("ip", "address", "add", f"{HOST}/24", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")
    try:
        yield
    finally:
        run("ip", "link", "delete", BRIDGE)


# As process 1 of its own namespaces: the folder becomes the root, and systemd starts.
START = """
mount --make-rprivate /
mount --bind {root} {root}
cd {root}
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm; mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 shm dev/shm; mount -t tmpfs -o mode=755 run run; mount -t tmpfs -o mode=1777 tmp tmp
ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
for pair in {shared}; do mkdir -p .${{pair#*:}}; mount --bind ${{pair%%:*}} .${{pair#*:}}; done
mkdir -p old; pivot_root . old; umount -l old; rmdir old
# What is mounted later is there for services too, as on any machine.
mount --make-rshared /
exec env -i container=roadmap PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
"""


class Machine:
    """One that runs. `shared`: folders of this host, each at a place of the machine, as a disk of a network is."""

    def __init__(self, name: str, number: int, root: Path, shared: dict[Path, str]):
        self.name, self.root, self.address = name, root, f"{NETWORK}.{number}"
        let_reach_registries(root)
        (root / "etc/hostname").write_text(f"{name}\n", encoding="ascii")
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost {name}\n", encoding="ascii")
        (root / "etc/gitconfig").write_text("[safe]\n\tdirectory = *\n", encoding="ascii")
        run("chroot", str(root), "useradd", "--create-home", "--shell", "/bin/bash", USER)
        names = " ".join(environment())
        sudo = f'{USER} ALL=(ALL) NOPASSWD: ALL\nDefaults env_keep += "{names}"\n'
        (root / "etc/sudoers.d/ann").write_text(sudo, encoding="ascii")
        # As an image of a hosting service is.
        for unit in ("systemd-resolved.service", "systemd-networkd.service", "getty.target", "console-getty.service"):
            (root / "etc/systemd/system" / unit).unlink(missing_ok=True)
            (root / "etc/systemd/system" / unit).symlink_to("/dev/null")
        self._connect()
        group = Path(_cgroups()) / f"roadmap-{name}"
        group.mkdir(exist_ok=True)
        pairs = " ".join(f"{folder}:{place}" for folder, place in shared.items()) or '""'
        start = START.format(root=root, shared=pairs if shared else "")
        inner = [
            "unshare",
            "--mount",
            "--pid",
            "--ipc",
            "--uts",
            "--cgroup",
            "--fork",
            "--kill-child",
            "bash",
            "-ec",
            start,
        ]
        outer = f'echo $$ >{group}/cgroup.procs; exec "$@"'
        self.log = (root.parent / "console.log").open("w+b")
        self._process = subprocess.Popen(
            ["bash", "-c", outer, "bash", "ip", "netns", "exec", self._netns, *inner],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self._group = group
        try:
            self.init = self._await_init()
            self._await_started()
        except BaseException:
            self.stop()
            raise

    @property
    def _netns(self) -> str:
        return f"roadmap-{self.name}"

    def _connect(self) -> None:
        run("ip", "netns", "add", self._netns)
        wire = f"rm-{self.name}"
        run("ip", "link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", self._netns)
        run("ip", "link", "set", wire, "master", BRIDGE, "up")
        for command in (
            ("address", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
            ("route", "add", "default", "via", HOST),
        ):
            run("ip", "-n", self._netns, *command)

    def _await_init(self) -> int:
        """The number that this host has for the machine's process 1."""
        for _ in range(300):
            for number in (self._group / "cgroup.procs").read_text().split() + _children(self._process.pid):
                with contextlib.suppress(OSError):
                    if os.readlink(f"/proc/{number}/exe").endswith("/systemd"):
                        return int(number)
            assert self._process.poll() is None, self._said()
            time.sleep(0.1)
        raise AssertionError(f"{self.name} did not start:\n{self._said()}")

    def _await_started(self) -> None:
        for _ in range(300):
            done = self.enter("systemctl", "is-system-running", check=False)
            if done.stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise AssertionError(f"{self.name}: systemd says {done.stdout}{done.stderr}\n{self._said()}")

    def _said(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-4000:]

    def enter(self, *command: str, check: bool = True, **options: object) -> "subprocess.CompletedProcess[str]":
        """As root of the machine: for what no guide is about."""
        done = subprocess.run(  # type: ignore[call-overload]
            [*self._door, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command],
            **({"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "check": False} | options),
        )
        assert not check or done.returncode == 0, f"{self.name}: {' '.join(command)}\n{done.stdout}{done.stderr}"
        return done  # type: ignore[no-any-return]

    @property
    def _door(self) -> list[str]:
        return [
            "nsenter",
            f"--target={self.init}",
            "--mount",
            "--pid",
            "--ipc",
            "--uts",
            "--net",
            "--cgroup",
            "--root",
            "--wd",
        ]

    def session(self) -> "Session":
        return Session(self)

    def stop(self) -> None:
        # Of the namespaces' first process the kernel ends all with it.
        for number in _children(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(number), 9)
        self._process.kill()
        self._process.wait()
        for _ in range(100):
            with contextlib.suppress(OSError):
                _remove_group(self._group)
                break
            time.sleep(0.1)
        run("ip", "netns", "delete", self._netns)


class Session:
    """A person's shell on a machine, which lasts: what is set in one step is there in the next."""

    def __init__(self, machine: Machine):
        self._machine, self._number = machine, 0
        told = [f"{name}={value}" for name, value in environment().items()]
        told += [f"HOME=/home/{USER}", "TERM=dumb", "PATH=/usr/local/bin:/usr/bin:/bin"]
        person = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "bash", "-e"]
        self._shell = subprocess.Popen(
            [*machine._door, "env", "-i", *told, *person],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, commands: str) -> str:
        """What is said by these commands, of which none may fail."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._number += 1
        end = f"-- done {self._number} --"
        script = f"/tmp/step-{self._number}"  # so that no command reads the next one
        self._machine.enter("tee", script, stdin=None, input=commands)
        self._shell.stdin.write(f". {script} </dev/null\nprintf '\\n%s\\n' '{end}'\n")
        self._shell.stdin.flush()
        said = []
        for line in self._shell.stdout:
            if line.strip() == end:
                return "".join(said).removesuffix("\n")
            said.append(line)
        raise AssertionError(f"{self._machine.name}:\n{textwrap.indent(commands, '  $ ')}{''.join(said)}")

    def end(self) -> None:
        self._shell.kill()
        self._shell.wait()


def _cgroups() -> str:
    """Where version 2 of the control groups is on this host."""
    for line in Path("/proc/mounts").read_text().splitlines():
        if line.split()[2] == "cgroup2":
            return line.split()[1]
    raise AssertionError("this host has no cgroup2")


def _children(pid: int) -> list[str]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [child, *_children(int(child))]
    return found


def _remove_group(group: Path) -> None:
    for below in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
        below.rmdir()
    group.rmdir()
