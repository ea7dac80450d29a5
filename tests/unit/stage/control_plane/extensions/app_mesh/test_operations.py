import pytest
from botocore.exceptions import ClientError

from .conftest import NODE_SPEC


@pytest.fixture
def node(mesh):
    """ARN of a tagged virtual node."""
    created = mesh.create_virtual_node(
        meshName="mesh", virtualNodeName="node", spec=NODE_SPEC, tags=[{"key": "team", "value": "mail"}]
    )
    return created["virtualNode"]["metadata"]["arn"]


def test_tags_are_kept_changed_and_removed(mesh, node):
    """Tags are given at creation, added, and removed."""
    mesh.tag_resource(resourceArn=node, tags=[{"key": "stage", "value": "staging"}])
    tagged = mesh.list_tags_for_resource(resourceArn=node)["tags"]
    mesh.untag_resource(resourceArn=node, tagKeys=["team"])

    assert [{"key": "team", "value": "mail"}, {"key": "stage", "value": "staging"}] == tagged
    assert [{"key": "stage", "value": "staging"}] == mesh.list_tags_for_resource(resourceArn=node)["tags"]


def test_tags_of_nothing_are_refused(mesh):
    """An ARN that nobody created has no tags."""
    with pytest.raises(ClientError, match="NotFoundException"):
        mesh.list_tags_for_resource(resourceArn="arn:aws:appmesh:eu-central-1:123456789012:mesh/lost")
