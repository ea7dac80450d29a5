import threading

import pytest
from werkzeug.serving import make_server

from stage.control_plane import extensions, report_routes
from stage.control_plane.reports import Reporter
from tests.unit.stage.control_plane.extensions.gaps.world import boto3_client
from tests.unit.stage.emulated import emulated_aws


@pytest.fixture
def client(monkeypatch):
    """Gives boto3 clients for an empty emulated AWS in this process."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    extensions.install()
    with emulated_aws():
        yield boto3_client


@pytest.fixture
def reporter(client):
    """Reports to the emulated AWS in this process, over HTTP as always."""
    server = make_server("127.0.0.1", 0, report_routes.answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Reporter(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
