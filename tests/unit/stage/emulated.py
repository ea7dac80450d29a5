"""An AWS in this process, for boto3."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto import mock_aws
from werkzeug.serving import make_server

from stage.control_plane import report_routes
from stage.control_plane.reports import Reporter


@contextmanager
def emulated_aws() -> Iterator[None]:
    """An empty account for as long as the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        # Reading thousands of machine images takes most of a second, and nobody here starts one.
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        # For the requests library moto prepares a thousand answers: more work than most tests.
        patch.setattr("moto.core.models.RESPONSES_METHODS", [])
        with mock_aws():
            yield


@contextmanager
def reporting() -> Iterator[Reporter]:
    """Reports to the emulated AWS in this process, over HTTP as always."""
    server = make_server("127.0.0.1", 0, report_routes.answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Reporter(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
