"""What a roadmap that is not there yet gets besides what its source says."""

import re

from django.core.exceptions import ValidationError

from roadmap.models.roadmap import Roadmap
from roadmap.techdocs.sources import ImportRefused


def check_slug(slug: str) -> None:
    """Raises ImportRefused for an address that no roadmap may have."""
    slug_field = Roadmap._meta.get_field("slug")
    try:
        slug_field.clean(slug, None)
    except ValidationError as error:
        raise ImportRefused(f"“{slug[:100]}” cannot be a roadmap's address: {' '.join(error.messages)}") from error


def default_subject() -> str:
    return str(Roadmap._meta.get_field("contact_subject").get_default())


def free_prefix(slug: str) -> str:
    """ "VAT", from "vat-mtd"; with a number where another roadmap has that."""
    first = re.sub(r"[^A-Z0-9]", "", re.split("[-_]", slug.strip("-_"))[0].upper())
    base = (first if first[:1].isalpha() else f"R{first}")[:8]
    taken = set(Roadmap.objects.values_list("reference_prefix", flat=True))
    # A reference such as VAT-1 must not read like one of VAT1.
    return next(one for one in (base, *(f"{base}{number}" for number in range(2, 100))) if one not in taken)
