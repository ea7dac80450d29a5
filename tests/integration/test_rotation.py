"""Secrets change while the services run."""

import json
import secrets

import pytest

from tests.integration.caller import Caller, client_entry, new_key, written
from tests.integration.waiting import wait_for

_UNAUTHORIZED = 401


@pytest.fixture
def write_keys(system):
    """Writes the secret with the API keys; the first key is good again afterwards."""

    def write(*keys):
        system.aws("secretsmanager").put_secret_value(
            SecretId=system.applied.names["API_KEYS_SECRET"],
            SecretString=json.dumps({"id_key": system.id_key, "clients": [client_entry(*keys)]}),
        )

    yield write
    write(system.key)


@pytest.fixture
def write_login(system):
    """Writes the secret with the mail server's login; the first one is good again afterwards."""

    def write(login):
        system.aws("secretsmanager").put_secret_value(
            SecretId=system.applied.names["SMTP_SECRET"], SecretString=json.dumps(login)
        )

    yield write
    write(system.mail_login)
    system.mail_server.behave(login=system.mail_login)


def _started(task):
    task.container.wrapped.reload()
    return task.container.wrapped.attrs["State"]["StartedAt"]


def test_an_api_key_changes_without_a_restart(system, write_keys):
    """A second key works beside the first once the secret has it, and no more once it has gone."""
    started, second = _started(system.api), new_key()
    with Caller(system.api.url, second) as caller, Caller(system.api.url, new_key()) as stranger:
        write_keys(system.key, second)
        wait_for("the new key to work", lambda: caller.post(written("a@example.com")).is_success)
        assert system.caller.post(written("b@example.com")).is_success

        write_keys(system.key)
        # An unknown key has the API look into the secret again, so nobody waits for the next interval.
        wait_for(
            "the new key to be refused",
            lambda: (
                {_UNAUTHORIZED}
                == {one.post(written("c@example.com")).status_code for one in (stranger, caller)}
            ),
        )
    assert system.caller.post(written("d@example.com")).is_success
    assert started == _started(system.api)


def test_the_mail_servers_password_changes_without_a_restart(system, write_login):
    """Mail waits while the secret has the old password, and goes out once it has the new one."""
    started = _started(system.sender)
    login = {**system.mail_login, "password": secrets.token_urlsafe(24)}

    # Connections that are logged in already would go on. Whoever comes first to the server as it is back, be
    # it with another test's mail, meets the new password.
    system.mail_server.behave(login=login)
    system.mail_server.go_down()
    system.mail_server.come_back()
    made = system.caller.accepted(written("rotated@example.com"))
    wait_for("a failed attempt", lambda: "retry" in _events(system, made))
    assert [] == system.mail_server.mails_of(made)

    write_login(login)

    wait_for("mail", lambda: system.mail_server.mails_of(made))
    assert 1 == len(system.mail_server.mails_of(made))
    assert started == _started(system.sender)


def _events(system, notification_id):
    return [event["event"] for event in system.caller.status(notification_id).get("timeline", [])]
