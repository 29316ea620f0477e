"""What it costs to tell everybody of one edition by mail.

    var/venv/bin/python -m benchmarks.mailing [--people 10000] [--filters 50] [--items 200] [--workers 2]

Everybody has confirmed one of so many selections; half of the items change. Made: seconds until the mails are in the
outbox, all in one transaction, and by how many MiB the process grew that made them; meant to be at most 10 and 150.
Sent: mails a second, by so many processes that run `send_mail`, to a mail server on this machine; meant to be at least
200 with two. Beside both, the processor time of one process, which others on the machine do not change.

Works on a database of its own, which it makes and removes: SQLite, or a new one on the server of DATABASE_URL. Exit
code 1 where something is not as it is meant.
"""

import argparse
import datetime
import os
import socketserver
import subprocess
import sys
import threading
import time

from benchmarks.empty_database import empty_database

MOST_SECONDS, MOST_MIB, LEAST_A_SECOND = 10.0, 150.0, 200.0
# In a process of its own, as `send_mail` is. Prints what it did, in seconds, and in MiB.
HEAD = """
import datetime, re, time
from pathlib import Path
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
"""
MAKE = (
    HEAD
    + """
from roadmap.subscriptions.rounds import notice
before, began, used = most(), time.perf_counter(), time.process_time()
made = notice(datetime.datetime.fromisoformat({at!r}))
print(made, time.perf_counter() - began, time.process_time() - used, most() - before)
"""
)
SEND = (
    HEAD
    + """
from roadmap.subscriptions.sending import send_all
used = time.process_time()
sent = send_all().sent
print(sent, time.process_time() - used)
"""
)


class TakesAll(socketserver.StreamRequestHandler):
    """As little of a mail server as there can be: what is measured is who sends."""

    taken = 0
    began = ended = 0.0
    lock = threading.Lock()

    def handle(self) -> None:
        self.say("220 bench")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"DATA":
                self.say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                with TakesAll.lock:
                    TakesAll.taken += 1
                    TakesAll.began = TakesAll.began or time.monotonic()
                    TakesAll.ended = time.monotonic()
            elif command == b"QUIT":
                self.say("221 bye")
                return
            self.say("250 OK")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--filters", type=int, default=50)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with empty_database() as vendor:
        at = subscribed(options.people, options.filters, options.items)
        print(f"{vendor}: {options.people} people, {options.filters} selections, {options.items} items")
        return 0 if report(at, options.workers) else 1


def subscribed(people: int, filters: int, items: int) -> datetime.datetime:
    """When the edition that they are to be told of is due."""
    from roadmap.models import Item, Milestone, Subscriber, Subscription
    from roadmap.subscriptions import rounds
    from tests import make

    began = make.at("2026-03-02")
    roadmap = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd")
    apis = [make.api(name=f"API {number}") for number in range(filters)]
    for number in range(items):
        make.item(roadmap, live="June 2026", apis=((apis[number % filters], "1.0"),), description="Words. " * 50)
    make.edition(roadmap, at=began)
    persons = Subscriber.objects.bulk_create(
        [
            Subscriber(
                key=f"{number}@example.org", address=f"{number}@example.org", site="https://a.example", created_at=began
            )
            for number in range(people)
        ]
    )
    times = {"asked_at": began, "confirmed_at": began, "since": began}
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=person, roadmap=roadmap, query=f"api=api-{n % filters}", how_often="edition", **times
            )
            for n, person in enumerate(persons)
        ],
        batch_size=1000,
    )
    rounds.notice(began)
    Milestone.objects.filter(item__in=Item.objects.order_by("pk")[: items // 2]).update(when="September 2026")
    make.edition(roadmap, at=began + datetime.timedelta(hours=1))
    return began + datetime.timedelta(hours=2)


def numbers(*texts: str, **settings: str) -> list[list[float]]:
    """What these print that run at once, each in a process of its own."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "roadmap_site.settings", **settings}
    running = [subprocess.Popen([*command, text], env=environment, stdout=subprocess.PIPE, text=True) for text in texts]
    return [[float(number) for number in one.communicate()[0].split()] for one in running]


def report(at: datetime.datetime, workers: int) -> bool:
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    ((made, seconds, used, mib),) = numbers(MAKE.format(name=name, at=at.isoformat()))
    print(f"made {made:.0f} mails in {seconds:.1f} s ({used:.1f} s of processor time), {mib:.0f} MiB more")
    with Server(("127.0.0.1", 0), TakesAll) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        sent = numbers(*[SEND.format(name=name)] * workers, EMAIL_URL=url)
        server.shutdown()
    a_second = made / (TakesAll.ended - TakesAll.began)
    each = 1000 * sum(used for _, used in sent) / made
    print(f"sent {a_second:.0f} a second by {workers} processes ({each:.1f} ms of processor time each)")
    assert TakesAll.taken == made == sum(number for number, _ in sent), f"{TakesAll.taken} of {made} came"
    return bool(seconds <= MOST_SECONDS and mib <= MOST_MIB and a_second >= LEAST_A_SECOND)


if __name__ == "__main__":
    sys.exit(main())
