"""Somebody of staff in a browser, as far as that takes no page: signs in through nginx, and sends a picture."""

import json
import re
import secrets
import ssl
from http.client import HTTPSConnection
from io import BytesIO
from urllib.parse import urlencode

from PIL import Image


class Staff:
    def __init__(self, address: str, host: str):
        self._address, self._host = address, host
        self._cookies: dict[str, str] = {}
        self._context = ssl.create_default_context()
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        line = HTTPSConnection(self._address, timeout=60, context=self._context)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        own = {"Host": self._host, "Cookie": cookies, "Referer": f"https://{self._host}/admin/"}
        line.request(method, path, body=body, headers=own | headers)
        answer = line.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.split(";")[0]
        text = answer.read().decode("utf-8", "replace")
        line.close()
        return answer.status, text

    def sign_in(self, username: str, password: str) -> None:
        _, page = self.ask("GET", "/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, page
        form = {"username": username, "password": password, "csrfmiddlewaretoken": token[1], "next": "/admin/"}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, text = self.ask("POST", "/admin/login/", urlencode(form).encode(), **kind)
        assert status == 302, (status, text[-2000:])

    def upload(self, colour: str) -> str:
        """The address of a picture that was sent."""
        picture = BytesIO()
        Image.new("RGB", (64, 32), colour).save(picture, "PNG")
        edge = secrets.token_hex(8)
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="map.png"\r\nContent-Type: image/png'
        )
        body = f"{head}\r\n\r\n".encode() + picture.getvalue() + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}", "X-CSRFToken": self._cookies["csrftoken"]}
        status, text = self.ask("POST", "/admin/markdown/upload/", body, **kind)
        assert status == 200, (status, text[-2000:])
        found = re.search(r"\((\S+)\)", json.loads(text)["image_code"])
        assert found
        return found[1]
