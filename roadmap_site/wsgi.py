from django.core.wsgi import get_wsgi_application

from roadmap_site.start import start

start(is_server=True)
application = get_wsgi_application()
