import pytest

from tests.admin.imports.uploading import signed_in


@pytest.fixture
def staff():
    """Somebody who may do everything, signed in."""
    return signed_in(username="pat")
