from moto.sqs.models import sqs_backends

from stage.control_plane.rights.arns import Where
from tests.unit.stage.control_plane.rights.written import ACCOUNT, REGION


def test_a_backend_that_nobody_has_used_is_not_made(client):
    """A question changes nothing."""
    assert Where("aws", REGION, ACCOUNT).backend(sqs_backends) is None

    client("sqs").list_queues()

    assert Where("aws", REGION, ACCOUNT).backend(sqs_backends) is sqs_backends[ACCOUNT][REGION]
    assert Where("aws", "eu-west-1", ACCOUNT).backend(sqs_backends) is None
