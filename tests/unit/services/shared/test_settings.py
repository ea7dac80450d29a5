import pytest

from shared.settings import ServiceSettings, load_settings

_GIVEN = {
    "SERVICE_NAME": "notification-api",
    "ENVIRONMENT": "staging",
    "PORT": "8080",
    "QUEUE_NAME": "notifications",
    "AWS_REGION": "eu-central-1",
}


def test_reads_the_environment(environ):
    """Settings come from the environment; what has a default need not be there."""
    with environ(_GIVEN):
        settings = load_settings(ServiceSettings)

    assert (8080, "notifications", "INFO") == (settings.port, settings.queue_name, settings.log_level)
    assert "127.0.0.1" == str(settings.bind_host)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "QUEUE_NAME",
            None,
            "settings: QUEUE_NAME is not set: give it in the task definition's environment\n",
        ),
        ("QUEUE_NAME", "", "settings: QUEUE_NAME String should have at least 1 character\n"),
        ("LOG_LEVEL", "LOUD", "settings: LOG_LEVEL Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'\n"),
    ],
)
def test_wrong_setting_is_one_line_and_code_two(environ, capsys, name, value, line):
    """A person reads which variable to set; ECS reads exit code 2."""
    given = {key: given for key, given in {**_GIVEN, name: value}.items() if given is not None}

    with environ(given), pytest.raises(SystemExit) as ended:
        load_settings(ServiceSettings)

    assert 2 == ended.value.code
    assert line == capsys.readouterr().err


def test_no_value_is_ever_printed(environ, capsys):
    """What is wrong may be a secret in the wrong variable, so only its name is shown."""
    with environ({**_GIVEN, "PORT": "hunter2"}), pytest.raises(SystemExit):
        load_settings(ServiceSettings)

    assert "hunter2" not in capsys.readouterr().err
