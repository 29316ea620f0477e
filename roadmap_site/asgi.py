"""The site for gunicorn's `asgi` worker: readers' answers are held, and given without Django. See wsgi.py."""

from roadmap_site.wsgi import application as django

# isort: split
# Django is set up by now.
from roadmap.web.page_store.application import PageStore

application = PageStore(django)
application.load()
