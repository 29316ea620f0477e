"""A real IMAP server on loopback: Dovecot, in a folder of its own, with whoever asks by its password for a user.

`with serving(folder) as server`: each user, of any name, has an empty INBOX at first. `server.mailbox("kim")` is what a
person does there, by a connection of their own.
"""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PASSWORD = 'a "pass\\word" of é'
READ_BY_ALL = 0o755  # whatever this process gives its files: Dovecot's parts are users of their own
LONGEST_WAIT = 20  # seconds: for what must come at once, on a machine that is busy
# For Dovecot 2.3 (Debian 12) and 2.4 (Debian 13), which have other names for most of it.
BOTH = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
ssl = yes
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_uid = {owner}
mail_gid = {owner_group}
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
OF_2_3 = """
protocols = imap
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = passwd-file
  args = username_format=all {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/mail/%u
}}
"""
FIRST_OF_2_4 = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
"""
OF_2_4 = """
protocols {{
  imap = yes
}}
ssl_server_cert_file = {folder}/cert.pem
ssl_server_key_file = {folder}/key.pem
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
passdb passwd-file {{
  passwd_file_path = {folder}/passwords
  auth_username_format = all
}}
userdb static {{
  fields {{
    uid = {owner}
    gid = {owner_group}
    home = {folder}/mail/%{{user}}
  }}
}}
"""


class Dovecot:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, self.tls_port = _free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert program, "Dovecot is not installed"
        self._program = program
        folder.chmod(READ_BY_ALL)
        self.certificate = folder / "cert.pem"
        key = folder / "key.pem"
        request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
        names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run(["openssl", *request.split(), *names], check=True, capture_output=True)
        is_root = os.getuid() == 0
        me, mine = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        users = {
            # Of Debian's package. Nobody but root can be several.
            "internal": "dovecot" if is_root else me,
            "internal_group": "dovecot" if is_root else mine,
            "login": "dovenull" if is_root else me,
            "owner": "nobody" if is_root else me,
            "owner_group": grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name if is_root else mine,
        }
        for name in ("run", "state", "mail"):
            made = folder / name
            made.mkdir()
            made.chmod(READ_BY_ALL)
        if is_root:
            shutil.chown(folder / "mail", "nobody")
        # All names are one user's: Dovecot is asked for "all", whoever comes.
        passwords = folder / "passwords"
        passwords.write_text(f"all:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        passwords.chmod(READ_BY_ALL)
        found = subprocess.run([self._program, "--version"], check=True, capture_output=True, text=True).stdout
        conf = BOTH + OF_2_3 if found.startswith("2.3") else FIRST_OF_2_4 + BOTH + OF_2_4
        text = conf.format(folder=folder, port=self.port, tls_port=self.tls_port, **users)
        (folder / "dovecot.conf").write_text(text, encoding="utf-8")

    def settings(self, user: str, tls: str = "none", folder: str = "INBOX", password: str = PASSWORD) -> dict[str, Any]:
        """As roadmap_site.check_mail reads it of BOUNCES_URL."""
        port = self.tls_port if tls == "tls" else self.port
        return {"host": "127.0.0.1", "port": port, "tls": tls, "user": user, "password": password, "folder": folder}

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", str(self._folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + LONGEST_WAIT
        while not self._answers():
            is_coming = self._process.poll() is None and time.monotonic() < until
            assert is_coming, (self._folder / "log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(LONGEST_WAIT)
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as found:
                return found.recv(4) == b"* OK"
        except OSError:
            return False

    @contextmanager
    def mailbox(self, user: str) -> Iterator["Mailbox"]:
        held = imaplib.IMAP4("127.0.0.1", self.port, timeout=LONGEST_WAIT)
        try:
            held.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            yield Mailbox(held)
        finally:
            held.logout()


class Mailbox:
    """What a person, or a mail server, does there."""

    def __init__(self, held: imaplib.IMAP4) -> None:
        self._held = held

    def put(self, raw: bytes, folder: str = "INBOX") -> None:
        assert self._held.append(folder, "", "", raw)[0] == "OK"  # type: ignore[arg-type]

    def make(self, folder: str) -> None:
        assert self._held.create(folder)[0] == "OK"

    def flag(self, flag: str, *, is_set: bool) -> None:
        """On all there are."""
        self._held.select("INBOX")
        self._held.store("1:*", "+FLAGS" if is_set else "-FLAGS", f"({flag})")

    def flags(self, folder: str = "INBOX") -> list[list[str]]:
        """Of each mail there, without \\Recent."""
        (count, *_) = self._held.select(f'"{folder}"')[1]
        if not int(count or 0):
            return []
        lines = self._held.fetch("1:*", "(FLAGS)")[1]
        found = [imaplib.ParseFlags(line) for line in lines if isinstance(line, bytes)]
        return [sorted(flag.decode() for flag in flags if flag != b"\\Recent") for flags in found]


def _free_ports(number: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def serving(folder: Path) -> Iterator[Dovecot]:
    server = Dovecot(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
