"""Every internal link of a roadmap's pages, and whether what it leads to is there."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

_NOT_WALKED = re.compile(r"/(?:admin|api|at|static|media)/|\.(?:atom|json|csv|ics|xlsx|txt|xml)$|/follow/")


class _Read(HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if found.get("id"):
            assert found["id"] not in self.ids, f"the id {found['id']} is there twice"
            self.ids.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])


def dead_links(client, start: str, most: int = 400) -> dict[str, str]:
    """Where links lead that lead to nothing, each with a page that has it. Followed below `start`, on so many pages."""
    pages: dict[str, _Read | None] = {}

    def page_at(path: str) -> _Read | None:
        if path not in pages:
            answer = client.get(path, follow=True)
            is_page = answer.status_code in (200, 410) and answer.get("Content-Type", "").startswith("text/html")
            pages[path] = _Read(answer.content.decode()) if is_page else None
        return pages[path]

    waiting, walked, dead = [start], set(), {}
    while waiting and len(walked) < most:
        path = waiting.pop(0)
        if path in walked:
            continue
        walked.add(path)
        here = page_at(path)
        for link in here.links if here else ():
            whole = urlsplit(urljoin(f"http://testserver{path}", link))
            if whole.netloc != "testserver" or _NOT_WALKED.search(whole.path):
                continue
            there = page_at(f"{whole.path}?{whole.query}" if whole.query else whole.path)
            if there is None or (whole.fragment and unquote(whole.fragment) not in {*there.ids, "top"}):
                dead[link] = path
            elif whole.path.startswith(start) and not whole.query:
                waiting.append(whole.path)
    return dead
