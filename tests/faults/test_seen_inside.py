"""What is told of the inside of a real server of several processes, in good times and when something is wrong."""

import json
import re
import threading
from http.server import ThreadingHTTPServer

import pytest

from tests.faults.clients import Staff, ask
from tests.faults.waiting import until
from tests.test_sentry import Collector

pytestmark = pytest.mark.needs("postgresql", "styles")


@pytest.fixture
def collector():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def counted(site, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", ask(site, "/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0


def test_all_processes_are_one_to_whoever_watches(serve, cluster, collector):
    site = serve(
        LOG_FORMAT="json",
        ACCESS_LOG="true",
        METRICS_NETWORKS="127.0.0.0/8",
        SENTRY_DSN=f"http://key@127.0.0.1:{collector.server_port}/1",
    )
    ids = [ask(site, "/vat-mtd/").headers["X-Request-ID"] for _ in range(20)]
    assert len({*ids}) == 20
    assert ask(site, "/preview/MQ.canary/items/?token=canary").status == 404
    Staff(site)
    pages = 'roadmap_requests_total{kind="page",status="200"}'
    assert {counted(site, pages) for _ in range(8)} == {20}  # whichever process is asked
    assert counted(site, 'roadmap_publishes_total{roadmap="vat-mtd"}') == 2
    assert counted(site, "roadmap_database_up") == 1
    cluster.stop()
    try:
        until(lambda: counted(site, "roadmap_database_up") == 0, limit=60)
        until(lambda: collector.got, limit=60)
        assert ask(site, "/vat-mtd/").status == 200
    finally:
        cluster.start()
    until(lambda: counted(site, "roadmap_database_up") == 1, limit=60)
    lines = (site.state_dir / "gunicorn.log").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines if not line.startswith("Serving on")]
    readers = [line for line in told if line["logger"] == "roadmap.access" and line["address"] == "/vat-mtd/"]
    assert {*ids} <= {line["request_id"] for line in readers}
    assert "memory" in {line["from"] for line in readers}
    assert any("exception" in line for line in told)
    assert "canary" not in str(told)
    assert "canary" not in str(collector.got)
