"""deploy/Dockerfile, carried out in a bare Debian and run: `python -m tests.deploy.image [12] [13]`, for root on Linux.

What runs is what its CMD says, as its USER, with a root that is read-only but for its volume and /tmp; whether it
is well says its HEALTHCHECK. No Docker is needed, but debootstrap, and a network that has Debian's mirror and the
registries.
"""

import contextlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.deploy import dockerfile, machines

MOST_SECONDS, MOST_MEGABYTES = 120, 600
NETWORK = "roadmap-image"
SETTINGS = {
    "SECRET_KEY": "only-for-this-run-" * 3,
    "ALLOWED_HOSTS": "localhost",
    "BEHIND_PROXY": "true",
}
ASK = """
import urllib.request as r
asked = r.Request("http://127.0.0.1:8000/vat-mtd/", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
print(r.urlopen(asked).status)
"""


def inside(image: dockerfile.Image, *command: str) -> list[str]:
    """As `docker run --read-only --user` has it, but for the processes, which are among this host's."""
    pairs = [f"{name}={value}" for name, value in {**image.environment, **SETTINGS}.items()]
    entered = [
        "setpriv",
        f"--reuid={image.user.split(':')[0]}",
        f"--regid={image.user.split(':')[1]}",
        "--clear-groups",
    ]
    limited = [*entered, "--no-new-privs", "--bounding-set=-all"]
    where = ["sh", "-c", f'cd {image.folder} && exec "$@"', "sh"]
    return ["ip", "netns", "exec", NETWORK, "chroot", str(image.root), *limited, "env", "-i", *pairs, *where, *command]


def processor_time() -> float:
    """Seconds, of all that was started and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def try_out(version: str, folder: Path) -> bool:
    base = machines.bare(version, packages="")
    begins, computed = time.monotonic(), processor_time()
    stages = dockerfile.read(dockerfile.DOCKERFILE.read_text("utf-8"))
    with dockerfile.built(base, folder, stages) as image, contextlib.ExitStack() as stack:
        built = time.monotonic() - begins
        root = image.root
        stack.enter_context(dockerfile.mounted(root))
        layers = {stage.name: str(number) for number, stage in enumerate(stages)}
        parts = [folder / layers["python"] / "added", folder / layers[""] / "added"]
        size = sum(map(machines.size_of, parts))
        volume = folder / "volume"
        shutil.copytree(root / "var/lib/roadmap", volume, copy_function=shutil.copy2)
        shutil.chown(volume, 10001, 10001)
        volume.chmod(0o700)
        for mount in (
            ["--bind", str(volume), str(root / "var/lib/roadmap")],
            ["-t", "tmpfs", "tmpfs", str(root / "tmp")],
        ):
            machines.run("mount", *mount)
            stack.callback(machines.run, "umount", "--lazy", mount[-1])
        machines.run("mount", "-o", "remount,ro", str(root))
        machines.run("ip", "netns", "add", NETWORK)
        stack.callback(machines.run, "ip", "netns", "delete", NETWORK)
        machines.run("ip", "-n", NETWORK, "link", "set", "lo", "up")
        for words in (["migrate", "--verbosity=0"], ["load_sample"], ["check", "--deploy"]):
            machines.run(*inside(image, f"{image.folder}/var/venv/bin/python", "manage.py", *words))
        server = subprocess.Popen(inside(image, *image.command))
        try:
            while subprocess.run(inside(image, *image.health), stderr=subprocess.DEVNULL, check=False).returncode:
                assert server.poll() is None, "the server ended"
                time.sleep(0.2)
            page = machines.run(*inside(image, f"{image.folder}/var/venv/bin/python", "-c", ASK))
            took, computed = time.monotonic() - begins, processor_time() - computed
            refused = subprocess.run(inside(image, "touch", "/srv/roadmap/written"), capture_output=True, check=False)
            user = Path(f"/proc/{server.pid}/status").read_text().split("Uid:")[1].split()[0]
        finally:
            server.terminate()
            server.wait(30)
    assert page.strip() == "200"
    assert refused.returncode != 0
    assert user == "10001"
    print(
        f"Debian {version}: made in {built:.0f} s, first page after {took:.0f} s (at most {MOST_SECONDS}), "
        f"{computed:.0f} s of a processor; "
        f"{size} MB beside Debian's own {machines.size_of(base)} (at most {MOST_MEGABYTES} in all)",
        flush=True,
    )
    return took <= MOST_SECONDS and size + machines.size_of(base) <= MOST_MEGABYTES


def main(chosen: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was begun is ended
    is_right = True
    for version in chosen or list(machines.RELEASES):
        folder = Path(tempfile.mkdtemp(prefix="roadmap-image-", dir="/var/tmp"))
        try:
            is_right &= try_out(version, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return not is_right


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
