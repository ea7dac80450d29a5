import json

import pytest

from stage.authorization.errors import PolicyError, UnknownElementError
from stage.authorization.policy import Kind
from stage.control_plane.rights.documents import Document
from tests.unit.stage.control_plane.rights.written import policy, statement

SEND = policy(statement("sqs:SendMessage"))


def test_a_document_is_read_as_the_policy_that_it_is():
    """The same object each time, which is what makes a decision cheap."""
    document = Document(Kind.IDENTITY, "send", SEND)

    assert (Kind.IDENTITY, "send") == (document.read().kind, document.read().name)
    assert document.read() is document.read()


def test_a_document_that_nobody_understands_is_an_error_of_its_name():
    """Of the same type, and never a policy."""
    document = Document(Kind.IDENTITY, "send", policy(statement("sqs:SendMessage") | {"Where": "here"}))

    with pytest.raises(UnknownElementError, match=r"^identity-based policy send: there is no element Where"):
        document.read()


def test_a_document_that_is_not_there_is_an_error_of_its_name():
    """A boundary that is lost is no lack of a boundary."""
    with pytest.raises(PolicyError, match=r"^permissions boundary most: there is no such policy"):
        Document(Kind.BOUNDARY, "most", "").read()


def test_a_document_is_told_as_json():
    """All of it."""
    document = Document(Kind.SESSION, "", SEND)

    assert document == Document.of(json.loads(json.dumps(document.facts())))
