"""The image and the containers, as far as their files say it. Carried out: tests/deploy/image.py."""

import re

import pytest
import yaml

from roadmap_site.check_settings import check_settings
from tests.deploy import dockerfile
from tests.deploy.guide import ROOT

DEPLOY = ROOT / "deploy"
STAGES = dockerfile.read(dockerfile.DOCKERFILE.read_text("utf-8"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


def test_what_runs_in_the_image_is_not_root_and_root_does_nothing_after_it():
    last = STAGES[-1]
    (user,) = last.all("USER")
    number, _, group = user.partition(":")
    assert number.isdigit()  # Kubernetes asks for a number
    assert int(number) > 0
    assert int(group) > 0
    names = [name for name, _ in last.steps]
    assert "RUN" not in names[names.index("USER") :]
    assert "COPY" not in names[names.index("USER") :]


def test_the_image_says_itself_whether_it_is_well():
    (health,) = STAGES[-1].all("HEALTHCHECK")
    assert "/healthz" in dockerfile.command(health)[-1]
    assert "asgi" in dockerfile.command(STAGES[-1].all("CMD")[0])[-1]


def test_the_image_is_made_of_what_is_pinned():
    assert STAGES[0].base == "debian:${DEBIAN}-slim"
    assert re.search(r"^ARG DEBIAN=\d+$", dockerfile.DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    said = " ".join(said for stage in STAGES for said in stage.all("RUN"))
    assert "pip install" not in said  # script/build does it, by hash
    assert "npm ci" not in said
    assert "--require-hashes" in (ROOT / "script" / "setup.sh").read_text("utf-8")
    assert " ci --ignore-scripts" in (ROOT / "script" / "setup.sh").read_text("utf-8")


def test_what_only_builds_is_not_in_the_image():
    assert "python3-venv" in " ".join(STAGES[1].all("RUN"))
    assert STAGES[-1].base == STAGES[0].name
    assert "var/node" in " ".join(STAGES[1].all("RUN"))


def test_only_what_the_site_needs_goes_into_the_image():
    files = dockerfile.context((ROOT / ".dockerignore").read_text("utf-8"))
    needed = [
        "manage.py",
        "requirements.lock",
        "pyproject.toml",
        "script/build",
        "script/setup.sh",
        "static/package-lock.json",
    ]
    needed += [
        "static/requirements.lock",
        "roadmap_site/asgi.py",
        "roadmap/models/item.py",
        "templates/web/_base.html",
        "LICENSE",
    ]
    assert [name for name in needed if name not in files] == []
    assert {path.split("/")[0] for path in files} <= {
        *("manage.py", "requirements.lock", "pyproject.toml", "LICENSE"),
        *("roadmap", "roadmap_site", "script", "static", "templates"),
    }


def test_a_step_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="ADD"):
        dockerfile.read("FROM debian:13\nADD https://example.org/x /x\n")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_container_is_root_or_may_write_or_gain_anything(name):
    service = SERVICES[name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "cap_add", "environment"} & service.keys()
    assert service["env_file"].endswith(".env")
    assert re.search(r":\S+$", service["image"])
    assert not service["image"].endswith(":latest")
    for volume in service["volumes"]:
        assert volume.split(":")[0] in COMPOSE["volumes"]
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


def test_a_container_waits_until_what_it_needs_is_well():
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert SERVICES["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert SERVICES["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["mail"]["depends_on"] == SERVICES["web"]["depends_on"]
    assert SERVICES["web"]["user"] == STAGES[-1].all("USER")[0]


def test_the_examples_of_settings_lack_the_secrets_alone(tmp_path):
    given = {}
    for name in ("roadmap", "database"):
        assert SERVICES["web" if name == "roadmap" else name]["env_file"] == f"{name}.env"
        lines = (DEPLOY / f"{name}.env.example").read_text("utf-8").splitlines()
        given |= dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert [name for name, value in given.items() if not value] == ["SECRET_KEY", "POSTGRES_PASSWORD"]
    ours = {name: value for name, value in given.items() if not name.startswith("POSTGRES_")}
    check_settings(ours | {"SECRET_KEY": "a" * 50}, tmp_path, tmp_path)
    assert "@database:5432/" in ours["DATABASE_URL"]
    assert "/deploy/*.env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_a_container_that_sends_emails_is_one_for_whoever_wants_it_and_is_let_end():
    mail = SERVICES["mail"]
    unit = (DEPLOY / "systemd" / "roadmap-mail.service").read_text("utf-8")
    assert mail["profiles"] == ["mail"]
    assert " ".join(mail["command"][1:]) in unit
    assert mail["stop_grace_period"] == f"{re.search(r'^TimeoutStopSec=(.+)$', unit, re.MULTILINE)[1]}s"
    assert mail["healthcheck"] == {"disable": True}  # the image's own would call it ill: it serves no page
