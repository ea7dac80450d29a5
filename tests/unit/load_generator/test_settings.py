import json
from dataclasses import asdict

import pytest

from common.errors import SetupError
from load_generator.settings import read
from verify.plan import LoadPlan, Plateau

PLAN = LoadPlan((Plateau(60, 40),), workers=2)
MASTER = {
    "LOAD_ROLE": "master",
    "LOAD_URL": "http://api.example",
    "LOAD_PLAN": json.dumps(asdict(PLAN)),
    "LOAD_CONTROL": "/notifications-staging/load-generator/control",
}
WORKER = {
    **{name: value for name, value in MASTER.items() if name != "LOAD_CONTROL"},
    "LOAD_ROLE": "worker",
    "LOAD_KEY_SECRET": "notifications-staging/load-generator-key",
    "LOAD_MASTER": "10.20.1.17",
}


def test_a_master_is_told_by_a_parameter_and_knows_no_key():
    """It listens wherever it has an address, and sends nothing."""
    settings = read(MASTER)

    assert (PLAN, "http://api.example") == (settings.plan, settings.url)
    assert ("master", MASTER["LOAD_CONTROL"], "", "0.0.0.0") == (  # noqa: S104
        settings.role,
        settings.control,
        settings.key_secret,
        settings.master,
    )
    assert 60.0 == settings.lease_seconds
    assert "127.9.1.17" == read({**MASTER, "BIND_HOST": "127.9.1.17"}).master


def test_a_worker_knows_its_master_and_where_its_key_is():
    """How much load is wanted it learns from the master."""
    settings = read({**WORKER, "LOAD_LEASE_SECONDS": "6"})

    assert ("worker", "", "10.20.1.17") == (settings.role, settings.control, settings.master)
    assert WORKER["LOAD_KEY_SECRET"] == settings.key_secret
    assert 6.0 == settings.lease_seconds


@pytest.mark.parametrize(
    ("environment", "name"),
    [(MASTER, "LOAD_URL"), (MASTER, "LOAD_CONTROL"), (WORKER, "LOAD_MASTER"), (WORKER, "LOAD_KEY_SECRET")],
)
def test_what_is_missing_is_named(environment, name):
    """By the variable that sets it."""
    with pytest.raises(SetupError, match=f"{name} is missing"):
        read({**environment, name: ""})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"LOAD_ROLE": "leader"}, "LOAD_ROLE=leader: give master or worker"),
        ({"LOAD_PLAN": "{"}, "LOAD_PLAN is no load plan"),
        ({"LOAD_PLAN": "{}"}, "LOAD_PLAN is no load plan"),
    ],
)
def test_what_is_wrong_is_named(changed, message):
    """With what to give instead."""
    with pytest.raises(SetupError, match=message):
        read({**MASTER, **changed})
