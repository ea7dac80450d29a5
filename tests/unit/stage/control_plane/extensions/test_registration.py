import re
from types import ModuleType

import pytest
from moto.backends import get_backend
from moto.kms import models, responses
from moto.sqs.models import sqs_backends

from stage.control_plane.extensions import EXTENSIONS
from stage.control_plane.extensions.kms import KmsBackend, KmsResponse
from stage.control_plane.extensions.registration import (
    Extension,
    MissingInMotoError,
    Replacement,
    in_use,
    overrides,
)


class AnotherBackend(models.KmsBackend):
    """KMS with a method in the place of one that moto never had."""

    @overrides
    def rotate_for_ever(self):
        """Do it."""


class AnotherResponse(responses.KmsResponse):
    """Requests of KMS with a property in the place of one that moto never had."""

    @property
    @overrides
    def is_patient(self):
        """Whether it waits."""


@pytest.fixture
def module():
    """A module of moto's with one function."""
    made = ModuleType("moto.clock")
    made.now = lambda: 1
    return made


@pytest.mark.usefixtures("client")
def test_moto_makes_our_backends_and_asks_our_responses():
    """In every region, and by moto's own routes."""
    backend = get_backend("kms")["123456789012"]["eu-west-1"]

    assert KmsBackend is type(backend)
    assert {KmsResponse} == {route.__self__ for route in backend.url_paths.values()}


@pytest.mark.usefixtures("client")
def test_routes_that_moto_lacks_are_added():
    """Beside its own."""
    extension = EXTENSIONS["sesv2"]
    paths = get_backend("sesv2")["123456789012"]["eu-west-1"].url_paths

    assert {path.format("") for path in extension.paths} < set(paths)


@pytest.mark.usefixtures("client")
def test_what_a_backend_keeps_is_there_until_a_reset():
    """State lives as long as what moto keeps itself."""
    backend = get_backend("kms")["123456789012"]["eu-central-1"]
    backend.rotation_periods["key"] = 180

    before = dict(backend.rotation_periods)
    backend.reset()

    assert {"key": 180} == before
    assert {} == backend.rotation_periods


def test_only_regions_in_use_are_looked_at(client):
    """A backend appears when somebody has used its region."""
    client("sqs").list_queues()

    regions = {backend.region_name for backend in in_use(sqs_backends)}
    assert "eu-central-1" in regions
    assert "ap-southeast-4" not in regions


@pytest.mark.parametrize(
    ("classes", "missing"),
    [
        ({"backend": AnotherBackend}, "KmsBackend.rotate_for_ever"),
        ({"response": AnotherResponse}, "KmsResponse.is_patient"),
        (
            {"replacements": (Replacement(models, "KmsBackend", AnotherBackend),)},
            "KmsBackend.rotate_for_ever",
        ),
    ],
    ids=["backend", "response", "replacement"],
)
def test_an_override_of_nothing_is_refused(classes, missing):
    """After an upgrade of moto the start says which extension is to be looked at, and changes nothing."""
    before = get_backend("kms").backend, models.KmsBackend

    with pytest.raises(MissingInMotoError, match=rf"no {re.escape(missing)}, .*test_registration puts"):
        Extension(service="kms", gaps=(), **classes).install()

    assert before == (get_backend("kms").backend, models.KmsBackend)


def test_moto_without_our_way_in_is_refused(monkeypatch):
    """A moto that makes its backends in another way would otherwise go on with its own."""
    monkeypatch.delattr(get_backend("kms"), "backend")

    with pytest.raises(MissingInMotoError, match=r"no BackendDict\.backend, .*extensions\.kms puts"):
        EXTENSIONS["kms"].install()


def test_a_member_is_replaced_by_name(module):
    """For whoever looks it up in that module."""
    Replacement(module, "now", int).make()

    assert 0 == module.now()


def test_a_replacement_of_nothing_is_refused(module):
    """The error names the member and whose the other would be."""
    with pytest.raises(MissingInMotoError, match=r"no moto\.clock\.later, .*test_registration puts"):
        Replacement(module, "later", test_a_replacement_of_nothing_is_refused).make()

    assert not hasattr(module, "later")
