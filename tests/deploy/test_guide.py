"""docs/how-to/deploy.md, as far as reading it shows. Followed word by word: tests/deploy/follow.py."""

import re
import shutil
import subprocess

import pytest

from roadmap_site.check_settings import check_settings
from tests.deploy.guide import DEPLOY, ROOT, of_part, steps

TEXT = DEPLOY.read_text("utf-8")
STEPS = steps(TEXT)
COMMANDS = "".join(step.commands for step in STEPS)
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")


def test_a_step_is_found_with_its_part_and_its_machine():
    assert {step.machine for step in STEPS} == {"one", "two"}
    assert [step.machine for step in of_part("Upgrade")] == ["one"] * len(of_part("Upgrade"))
    assert {step.machine for step in of_part("Upgrade two machines")} == {"two"}
    assert len(STEPS) == TEXT.count("```sh\n")


def test_every_command_is_shell():
    subprocess.run(["bash", "-n"], input=COMMANDS, text=True, check=True)


def test_every_unit_that_is_named_is_there():
    named = set(re.findall(r"\broadmap-\w+\.(?:service|socket|timer)\b(?!\.d)", TEXT))
    assert named
    assert [name for name in named if not (ROOT / "deploy" / "systemd" / name).exists()] == []


def test_every_file_that_is_put_in_place_is_there():
    named = set(re.findall(r"/srv/roadmap/current/([\w./-]+)", COMMANDS)) - {"var/node", "var/npm"}
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_settings_are_right(tmp_path):
    (step,) = of_part("The settings")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", step.commands, re.MULTILINE))
    given |= {"SECRET_KEY": "a" * 50, "ALLOWED_HOSTS": "roadmap.example.org", "SECURITY_CONTACT": "a@example.org"}
    check_settings(given, tmp_path, tmp_path)
    assert {"BEHIND_PROXY", "STATE_DIR", "BUILD_DIR", "DATABASE_URL"} <= given.keys()


def test_a_version_is_put_in_place_by_the_same_words_everywhere():
    install = re.findall(r"^sudo -u roadmap git clone.*\n.*\n.*\n", COMMANDS, re.MULTILINE)
    assert len(install) == 4
    assert len(set(install)) == 1


@pytest.mark.parametrize("part", ["Upgrade", "Go back", "Upgrade two machines"])
def test_no_mail_is_sent_by_one_version_while_the_tables_become_those_of_another(part):
    """What the one could not write down as sent, the other would send again."""
    lines = "".join(step.commands for step in of_part(part)).splitlines()
    changes = [place for place, line in enumerate(lines) if re.search(r"script/manage\"? (migrate|restore)", line)]
    (stops,), (starts,), (site,) = (
        [place for place, line in enumerate(lines) if line == f"sudo systemctl {act}"]
        for act in ("stop roadmap-mail", "start roadmap-mail", "restart roadmap-web")
    )
    assert stops < min([*changes, site])
    assert site < starts
    assert changes or part == "Upgrade two machines"


def test_what_is_started_is_all_that_can_be_enabled():
    units = (ROOT / "deploy" / "systemd").glob("*.*")
    wanted = {unit.name for unit in units if unit.is_file() and "[Install]" in unit.read_text("utf-8")}
    (started,) = re.findall(r"^sudo systemctl enable --quiet --now (.*)", of_part("Start it")[0].commands, re.MULTILINE)
    assert set(started.split()) == wanted


def test_nginx_is_told_of_the_second_machine_by_a_line_that_it_has():
    assert re.search(r"/\^    server 127\.0\.0\.1:8000 \.\*/", COMMANDS)
    assert len(re.findall(r"^    server 127.0.0.1:8000 .*", NGINX, re.MULTILINE)) == 1
    assert NGINX.count("include /etc/nginx/roadmap/*.conf;") == 1


@pytest.mark.needs("nginx")
def test_nginx_takes_the_files_for_tls_and_for_a_cdn(tmp_path):
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert program
    (tmp_path / "own").mkdir()
    tls = (ROOT / "deploy" / "nginx-tls.conf").read_text("utf-8").replace("/etc/roadmap/tls", str(tmp_path))
    (tmp_path / "own" / "tls.conf").write_text(
        tls.replace("listen 443 ", f"listen unix:{tmp_path}/tls "), encoding="utf-8"
    )
    for line in re.findall(r"^printf '([^']+)'", of_part("Behind a CDN")[0].commands, re.MULTILINE):
        with (tmp_path / "own" / "cdn.conf").open("a", encoding="utf-8") as file:
            file.write(line.replace("\\n", "\n").replace("%s", "203.0.113.0/24"))
    (certify,) = re.findall(r"^sudo (openssl req .*)", of_part("nginx and TLS")[0].commands, re.MULTILINE)
    subprocess.run(
        ["bash", "-c", certify.replace("/etc/roadmap/tls", str(tmp_path))], env={"SITE": "a.example"}, check=True
    )
    conf = NGINX.replace("/etc/nginx/roadmap/", f"{tmp_path}/own/").replace("/var/cache/nginx", str(tmp_path))
    conf = conf.replace("listen 80 ", f"listen unix:{tmp_path}/plain ").replace(
        "events {", f"pid {tmp_path}/pid; events {{"
    )
    (tmp_path / "nginx.conf").write_text(conf, encoding="utf-8")
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert "syntax is ok" in done.stderr, done.stderr
