import pytest
from moto.sqs.models import sqs_backends

from stage.control_plane.extensions.backend_state import in_use, kept


@pytest.mark.usefixtures("client")
def test_what_is_kept_is_the_same_until_a_reset():
    """State lives as long as what moto keeps itself."""
    backend = sqs_backends["123456789012"]["eu-central-1"]
    kept(backend, "notes", list).append("first")

    before = list(kept(backend, "notes", list))
    backend.reset()

    assert ["first"] == before
    assert [] == kept(backend, "notes", list)


def test_only_regions_in_use_are_looked_at(client):
    """A backend appears when somebody has used its region."""
    client("sqs").list_queues()

    regions = {backend.region_name for backend in in_use(sqs_backends)}
    assert "eu-central-1" in regions
    assert "ap-southeast-4" not in regions
