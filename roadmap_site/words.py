"""The words of Django that staff see, in ours: roadmap_site/locale, compiled where the site keeps its state.

Django reads them by LOCALE_PATHS before its own. Where they cannot be written its own words stand, and nothing fails.
"""

import logging
import os
from hashlib import sha256
from pathlib import Path

logger = logging.getLogger(__name__)

SOURCE = Path(__file__).parent / "locale" / "en_GB" / "LC_MESSAGES" / "django.po"


def compile_into(folder: Path) -> None:
    """Writes what Django reads (`.mo`, GNU gettext) below that folder, unless it was made of the same source."""
    target = folder / "en_GB" / "LC_MESSAGES" / "django.mo"
    stamp, made_of = target.with_suffix(".stamp"), sha256(SOURCE.read_bytes()).hexdigest()
    try:
        if target.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == made_of:
            return
        import polib  # seldom needed, and every command reads the settings

        target.parent.mkdir(parents=True, exist_ok=True)
        # Other processes start too: each writes a file of its own, and puts it in place whole.
        own = target.with_name(f"{target.name}.{os.getpid()}")
        polib.pofile(str(SOURCE)).save_as_mofile(str(own))
        own.replace(target)
        stamp.write_text(made_of, encoding="ascii")
    except OSError as error:
        logger.warning("Staff see Django's own words, because ours could not be written to %s: %s", target, error)
