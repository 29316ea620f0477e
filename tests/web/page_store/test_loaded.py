"""What a server's processes have in memory from the start is what most of them need."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# For whoever imports, takes or brings a spreadsheet, asks for a page as Markdown, signs in otherwise, or sends mail.
NOT_LOADED = (
    *("roadmap.techdocs", "yaml", "dulwich", "openpyxl", "xlsxwriter", "icalendar", "dateutil", "markdownify"),
    *("authlib", "requests", "zxcvbn", "segno", "anymail", "notifications_python_client"),
)
LOADED_FIRST = ("uvloop",)  # what each would take by itself, were it not there when they part


def test_it_is_loaded_when_it_is_asked_for():
    command = (
        "import sys, roadmap_site.worker, roadmap_site.wsgi, roadmap.web.page_store.application as application; "
        "from django.urls import get_resolver; get_resolver().url_patterns; application.is_public('/'); "
        f"print(sorted({{*{NOT_LOADED}}} & {{*sys.modules}}), sorted({{*{LOADED_FIRST}}} - {{*sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[] []", done.stderr
