"""What a flood of log-ins does to readers: 200 names from one address for 15 seconds, beside a reader.

    var/venv/bin/python -m benchmarks.sign_in_flood

Prints how many passwords were looked at, and what a reader waited for a page before and meanwhile.
"""

import http.client
import statistics
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests import live

SECONDS, THREADS, NAMES = 15, 8, 200


def flood(url: str, until: float, found: Counter[int], number: int) -> None:
    """As one of several that try one name after the other."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", "/admin/login/")
    answer = connection.getresponse()
    answer.read()
    cookie = next(value for name, value in answer.getheaders() if name.lower() == "set-cookie").split(";")[0]
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": url}
    token = cookie.partition("=")[2]
    for name in range(number, 10**9, THREADS):
        if time.monotonic() > until:
            return
        sent = {"username": f"name{name % NAMES}", "password": "a wrong one", "csrfmiddlewaretoken": token}
        connection.request("POST", "/admin/login/", urlencode(sent), headers)
        answer = connection.getresponse()
        answer.read()
        found[answer.status] += 1


def read(url: str, seconds: float) -> list[float]:
    """How long each page took, in milliseconds. In a process of its own: the flood's threads would be in its way."""
    until = time.monotonic() + seconds
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    waits = []
    while time.monotonic() < until:
        begin = time.perf_counter()
        connection.request("GET", "/parcels/")
        connection.getresponse().read()
        waits.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.02)
    return waits


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        prepared, more, state = (Path(folder, name) for name in ("prepared", "more", "state"))
        for made in (prepared, state):
            made.mkdir()
        password = live.prepare(prepared)
        publish = f"{live.ONE_ROADMAP}\nfrom roadmap.models import Roadmap\nmake.edition(Roadmap.objects.get())"
        live.prepare_more(prepared, more, publish)
        with live.serving(more, state, password) as site, ProcessPoolExecutor(1) as reader:
            reader.submit(read, site.url, 2).result()
            before = reader.submit(read, site.url, 5).result()
            found: Counter[int] = Counter()
            until = time.monotonic() + SECONDS
            threads = [threading.Thread(target=flood, args=(site.url, until, found, n)) for n in range(THREADS)]
            for thread in threads:
                thread.start()
            meanwhile = reader.submit(read, site.url, SECONDS).result()
            for thread in threads:
                thread.join()
    print(f"tried {sum(found.values())}, looked at {found[200]}, refused {found[429]}, other {dict(found)}")
    medians = statistics.median(before), statistics.median(meanwhile)
    print(
        f"a reader's median: {medians[0]:.1f} ms before, {medians[1]:.1f} ms meanwhile ({medians[1] / medians[0]:.2f})"
    )


if __name__ == "__main__":
    main()
