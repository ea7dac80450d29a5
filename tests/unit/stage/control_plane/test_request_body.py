from io import BytesIO

import pytest

from stage.control_plane.request_body import body_of


@pytest.mark.parametrize("told", [{"CONTENT_LENGTH": "4"}, {"wsgi.input_terminated": True}])
def test_a_body_is_read_to_its_end_and_stays(told):
    """Whoever comes next finds all of it."""
    environ = {"wsgi.input": BytesIO(b"body"), **told}
    sent = environ["wsgi.input"]

    read = body_of(environ)

    assert b"" == sent.read()
    assert b"body" == read == environ["wsgi.input"].read()


def test_a_request_without_a_body_has_none():
    """A GET is not waited for."""
    environ = {"wsgi.input": BytesIO(b"the next request")}

    read = body_of(environ)

    assert b"" == read == environ["wsgi.input"].read()
