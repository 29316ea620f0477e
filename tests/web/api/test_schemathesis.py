"""Whatever the document allows, and what it does not, asked of the API by schemathesis."""

import hypothesis
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig

from roadmap.web.api.openapi import document
from roadmap_site.wsgi import application
from tests import make
from tests.web import story

pytestmark = pytest.mark.django_db
EXAMPLES = 25  # of each operation, besides those of its boundaries

# What there is in the story, so that most of what is asked for is found.
REAL = {"path.roadmap": "vat-mtd", "path.reference": "VAT-2", "path.page": "who-we-are", "path.number": 3}

# Which values there are of these depends on what is published, and a document cannot say it: a 400 is right for a text
# that no item has, and for a cursor that was never given.
DEPENDS_ON_WHAT_IS_PUBLISHED = ["2xx", "400", "404", "410"]


def loaded(parameters):
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "parameters": parameters,
            "generation": {"mode": "all", "max-examples": EXAMPLES, "deterministic": True},
            "checks": {"positive_data_acceptance": {"expected-statuses": DEPENDS_ON_WHAT_IS_PUBLISHED}},
        }
    )
    schema = schemathesis.openapi.from_dict(document(), config=config)
    schema.app = application
    return schema


@pytest.fixture(autouse=True)
def _published(wsgi, clock):
    story.tell()
    clock(make.at("2026-03-25"))


what_is_there, anything = loaded(REAL), loaded({})


@what_is_there.parametrize()
@hypothesis.settings(derandomize=True, deadline=None, suppress_health_check=[*hypothesis.HealthCheck])
def test_what_is_there_is_answered_as_documented(case):
    case.call_and_validate()


@anything.parametrize()
@hypothesis.settings(derandomize=True, deadline=None, suppress_health_check=[*hypothesis.HealthCheck])
def test_anything_is_answered_as_documented(case):
    case.call_and_validate()
