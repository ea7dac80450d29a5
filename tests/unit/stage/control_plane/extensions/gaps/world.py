"""An emulated AWS in this process that probes look at: plain moto, or moto with our extensions."""

import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import boto3
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from stage.control_plane import extensions
from stage.control_plane.application import Application
from tests.unit.stage.emulated import emulated_aws

REGION = "eu-central-1"


@cache
def boto3_client(service):
    """Made once a run: reading EC2's model takes longer than most tests."""
    return boto3.client(service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


@contextmanager
def emulated_clients():
    """Makes boto3 clients for an empty account as a stage has it, whatever AWS this process is told of."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_PROFILE", "AWS_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        extensions.install()
        with emulated_aws():
            yield boto3_client


class World:
    """An emulated AWS.

    Args:
        application: Answers its requests over HTTP.
    """

    def __init__(self, application):
        self.application = application

    def __call__(self, service):
        """Client of a service."""
        return boto3_client(service)

    def ask(self, service, body, target="", path="/", **environ):
        """Body of the answer to a raw request, as JSON."""
        raw = json.dumps(body).encode()
        signature = (
            f"AWS4-HMAC-SHA256 Credential=stage/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host"
        )
        request = {
            "REQUEST_METHOD": "POST",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "wsgi.url_scheme": "http",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "PATH_INFO": path,
            "HTTP_X_AMZ_TARGET": target,
            "HTTP_AUTHORIZATION": signature,
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
        }
        answer = self.application(request | environ, lambda *_: None)
        return json.loads(b"".join(answer))


@contextmanager
def world(*, extended: bool) -> Iterator[World]:
    """An empty account for as long as the block lasts."""
    application = Application() if extended else DomainDispatcherApplication(create_backend_app)
    with emulated_aws():
        yield World(application)


def calls(act: Callable[[], object]) -> Counter[str]:
    """Python functions that were called in the course of something, by their names."""
    counted: Counter[str] = Counter()

    def count(frame, event, _argument):
        if event == "call":
            counted[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return counted
