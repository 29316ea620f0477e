#!/usr/bin/env bash
# notifications-python-client 13.0.0, GOV.UK Notify's own, takes a key with a line break after it, and signs for another
# service; and a server that nobody reaches has the same error as one that says 503.
#
# Seen: of "a name, service id, secret" it cuts the last 36 letters and the 36 before them, whatever they are. With the
# line break that `echo` leaves at the end of a file of secrets, both are shifted by one letter: no error when the client is
# made, and every request names a service and has a signature that Notify does not know, which it answers as a wrong key.
# A refused connection raises HTTP503Error "503 - Request failed", as an answer of 503 does; only `response` tells them apart.
# Expected: the line break is stripped or refused; an error of the connection's own kind, as requests raises it.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 with venv.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check notifications-python-client==13.0.0

cat >"$work/ask.py" <<'PYTHON'
import http.server
import socket
import threading

import jwt
from notifications_python_client import NotificationsAPIClient
from notifications_python_client.errors import HTTPError

SERVICE, SECRET = "11111111-2222-4333-8444-555555555555", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
KEY = f"roadmap-{SERVICE}-{SECRET}"
seen = []


class Away(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(self.headers["Authorization"].removeprefix("Bearer "))
        self.send_response(503)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Away)
threading.Thread(target=server.serve_forever, daemon=True).start()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    nobody = free.getsockname()[1]
for what, key, port in (
    ("as it is", KEY, server.server_port),
    ("line break", f"{KEY}\n", server.server_port),
    ("nobody there", KEY, nobody),
):
    try:
        NotificationsAPIClient(key, base_url=f"http://127.0.0.1:{port}").get_all_templates()
    except HTTPError as error:
        print(f"{what}: {type(error).__name__}, {error}, response {error.response is not None}")
for token in seen:
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    try:
        jwt.decode(token, SECRET, algorithms=["HS256"])
        signed = "by that secret"
    except jwt.InvalidSignatureError:
        signed = "by another secret"
    print(f"for the service {issuer == SERVICE}, signed {signed}")
PYTHON
"$work/venv/bin/python" "$work/ask.py" 2>/dev/null | tee "$work/seen"
diff - "$work/seen" <<'EXPECTED'
as it is: HTTP503Error, 503 - Request failed, response True
line break: HTTP503Error, 503 - Request failed, response True
nobody there: HTTP503Error, 503 - Request failed, response False
for the service True, signed by that secret
for the service False, signed by another secret
EXPECTED
