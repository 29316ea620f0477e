"""Which addresses a page may link to, whoever typed them. Pure."""


def is_fetchable(url: str) -> bool:
    """Whether a browser fetches it, from the web: never script, a file or another program."""
    return url.lower().startswith(("https://", "http://"))
