"""What a page is, for programs that look for it: JSON-LD, in the types of schema.org that there are for such things.

Only what the page says too. The type of an item or a release does not exist there: their pages are pages.
"""

from typing import Any

from roadmap.web.addresses import CSV, XLSX
from roadmap.web.pages.reading import RoadmapReading

LinkedData = dict[str, Any]


def web_page(reading: RoadmapReading, name: str, description: str) -> LinkedData:
    """https://schema.org/WebPage."""
    return {**_of(reading, "WebPage", name, description), "inLanguage": "en-GB"}


def web_api(reading: RoadmapReading, name: str, documentation: str) -> LinkedData:
    """https://schema.org/WebAPI."""
    said = _of(reading, "WebAPI", name, "")
    return {**said, "documentation": documentation} if documentation else said


def dataset(reading: RoadmapReading) -> LinkedData:
    """All items, as what can be downloaded: https://schema.org/Dataset."""
    return {
        **_of(reading, "Dataset", f"Items of {reading.title}", reading.roadmap.description),
        "isAccessibleForFree": True,
        "version": str(reading.edition.number),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": link.name,
                "encodingFormat": link.media_type,
                "contentUrl": f"{reading.origin}{reading.addresses.to(link.view)}",
            }
            for link in (CSV, XLSX)
        ],
    }


def _of(reading: RoadmapReading, type: str, name: str, description: str) -> LinkedData:
    said: LinkedData = {
        "@context": "https://schema.org",
        "@type": type,
        "name": name,
        "url": reading.url,
        "dateModified": reading.edition.published_at.isoformat(),
    }
    if description:
        said["description"] = description
    if reading.contact.name:
        said["publisher"] = {"@type": "Organization", "name": reading.contact.name}
    return said
