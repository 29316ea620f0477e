"""An identity provider that says whatever a test tells it to: another's name, another site's, one of yesterday."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "roadmap"


class Liar:
    """`claims` are changed by a test, None takes one away; `answers` is what an address answers instead."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signs_with: Any = self.key
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.issuer = ""
        self.nonce = ""
        self.claims: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        self.verifiers: list[str] = []
        self.hangs = threading.Event()

    def token(self) -> str:
        now = int(time.time())
        truth = {
            "iss": self.issuer, "aud": CLIENT, "sub": "kim-1", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "email": "kim@example.org", "email_verified": True, "groups": ["editors"],
        }  # fmt: skip
        claims = {name: value for name, value in {**truth, **self.claims}.items() if value is not None}
        return jwt.encode(self.header, claims, self.signs_with, algorithms=["RS256", "HS256", "none"])

    def answer(self, path: str) -> Any:
        if path in self.answers:
            return self.answers[path]
        match path:
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/auth",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                }
            case "/keys":
                return {"keys": [self.key.as_dict(private=False)]}
            case "/token":
                return {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": self.token()}
        return None

    def sent_to(self, url: str) -> str:
        """Where somebody comes back to whom the site sent to that address; remembers what was asked."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        self.nonce = asked["nonce"]
        return f"{urlsplit(asked['redirect_uri']).path}?code=abc&state={asked['state']}"


@contextmanager
def serving() -> Iterator[Liar]:
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = liar.answer(urlsplit(self.path).path)
            if answer == "hangs":
                liar.hangs.wait(20)
                return
            body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            liar.verifiers += sent.get("code_verifier", [])
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        liar.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield liar
        finally:
            liar.hangs.set()
            server.shutdown()
