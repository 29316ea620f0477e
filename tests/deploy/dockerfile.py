"""deploy/Dockerfile, read; and carried out in folders, where no Docker runs: its steps are those that stand there.

Only what that file uses is known, and anything else is refused, so that nothing of it is left out in silence.
"""

import contextlib
import fnmatch
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.guide import ROOT
from tests.deploy.machines import environment, layered, let_reach_registries, run

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
# As Debian's own images have it: nothing that was downloaded stays.
CLEAN = """\
DPkg::Post-Invoke {"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true";};
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""
KNOWN = {"FROM", "ARG", "RUN", "COPY", "WORKDIR", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


@dataclass
class Stage:
    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)  # an instruction, and what follows it

    def all(self, instruction: str) -> list[str]:
        return [said for name, said in self.steps if name == instruction]


def read(text: str) -> list[Stage]:
    stages: list[Stage] = []
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    for line in filter(str.strip, lines.splitlines()):
        instruction, _, said = line.strip().partition(" ")
        said = said.strip()
        if instruction not in KNOWN:
            raise ValueError(f"nobody here knows what {instruction} does: {line}")
        if instruction == "FROM":
            base, _, name = said.partition(" AS ")
            stages.append(Stage(base, name))
        elif stages:
            stages[-1].steps.append((instruction, said))
    return stages


def command(said: str) -> list[str]:
    """Of CMD, and of HEALTHCHECK, whose options stand before it."""
    found = json.loads(said[said.index("[") :])
    assert isinstance(found, list)
    return found


def context(rules: str) -> list[str]:
    """Of the project's folder what .dockerignore lets into an image: paths that git knows."""
    shown = [line.removeprefix("!") for line in rules.splitlines() if line.startswith("!")]
    hidden = [line for line in rules.splitlines() if line and not line.startswith(("#", "!")) and line != "*"]
    assert "*" in rules.splitlines(), "only what is named may go into an image"
    files = run("git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return [
        path
        for path in files
        if any(path == name or path.startswith(f"{name}/") for name in shown)
        and not any(fnmatch.fnmatch(f"/{path}", f"/{name.replace('**', '*')}") for name in hidden)
        and (ROOT / path).is_file()
    ]


@dataclass
class Image:
    root: Path
    environment: dict[str, str]
    user: str
    folder: str
    command: list[str]
    health: list[str]


@contextlib.contextmanager
def built(base: Path, folder: Path, stages: list[Stage]) -> Iterator[Image]:
    """The last stage, as its steps leave it. `base` stands for the image that the first is made from."""
    with contextlib.ExitStack() as stack:
        roots: dict[str, Path] = {}
        image = None
        for number, stage in enumerate(stages):
            below = roots.get(stage.base, base)
            image = _carried_out(stage, below, folder / str(number), roots, stack)
            roots[stage.name] = image.root
        assert image is not None
        yield image


def _carried_out(stage: Stage, below: Path, folder: Path, roots: dict[str, Path], stack: contextlib.ExitStack) -> Image:
    root = stack.enter_context(layered(below, folder))
    let_reach_registries(root)
    (root / "etc/apt/apt.conf.d/docker-clean").write_text(CLEAN, encoding="ascii")
    image = Image(root, {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, "0", "/", [], [])
    arguments: dict[str, str] = {}
    for instruction, said in stage.steps:
        match instruction:
            case "ARG":
                name, _, value = said.partition("=")
                arguments[name] = value
            case "ENV":
                image.environment |= dict(pair.split("=", 1) for pair in shlex.split(said))
            case "WORKDIR":
                image.folder = said
                (root / said[1:]).mkdir(parents=True, exist_ok=True)
            case "USER":
                image.user = said
            case "COPY":
                _copy(said, root, image.folder, roots)
            case "RUN":
                assert image.user == "0", "steps are for root, before USER"
                _run(root, image, arguments, said)
            case "CMD":
                image.command = command(said)
            case "HEALTHCHECK":
                image.health = command(said)
            case "VOLUME" | "EXPOSE":
                pass
    return image


def _copy(said: str, root: Path, folder: str, roots: dict[str, Path]) -> None:
    if said.startswith("--from="):
        stage, source, target = re.fullmatch(r"--from=(\w+) (\S+) (\S+)", said).groups()  # type: ignore[union-attr]
        shutil.copytree(roots[stage] / source[1:], root / target[1:], symlinks=True, dirs_exist_ok=True)
        return
    assert said == ". .", said
    for path in context((ROOT / ".dockerignore").read_text("utf-8")):
        target = root / folder[1:] / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target)


def _run(root: Path, image: Image, arguments: dict[str, str], said: str) -> None:
    told = environment() | arguments | image.environment | {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
    pairs = [f"{name}={value}" for name, value in told.items()]
    inside = ["env", "-i", *pairs, "/bin/sh", "-c", f"cd {image.folder} && {said}"]
    with mounted(root):
        done = subprocess.run(["chroot", str(root), *inside], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"RUN {said}\n{done.stdout}{done.stderr}"


@contextlib.contextmanager
def mounted(root: Path) -> Iterator[None]:
    """With what every container has."""
    run("mount", "-t", "proc", "proc", str(root / "proc"))
    run("mount", "--rbind", "/dev", str(root / "dev"))
    run("mount", "--make-rslave", str(root / "dev"))
    try:
        yield
    finally:
        run("umount", "--lazy", "--recursive", str(root / "dev"))
        run("umount", "--lazy", str(root / "proc"))
