import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap_site.settings")
os.environ.setdefault("ROADMAP_IS_SERVER", "true")

application = get_wsgi_application()
