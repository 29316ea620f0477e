"""Opening a form of the admin and saving it, as a browser does: with the mark that the form came with."""

from roadmap.admin.editing.conflicts import MARK_FIELD


def opened(client, url):
    """The mark of a form opened now."""
    return {MARK_FIELD: str(client.get(url).context["mark"])}


def save(client, url, fields, **options):
    """Opens the form and posts it at once."""
    return client.post(url, {**fields, **opened(client, url)}, **options)
