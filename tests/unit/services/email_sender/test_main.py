import pytest

from email_sender import __main__ as program
from shared.process import FAILED


def test_without_arguments_it_is_the_service(task, environ, monkeypatch):
    """What the image starts is the service, with the settings of the task."""
    ran = []
    monkeypatch.setattr(program, "run_until_stopped", lambda service: ran.append(service) or FAILED)
    monkeypatch.setattr(program, "configure_logs", lambda **options: ran.append(options))

    with environ(task):
        assert FAILED == program.main([])

    assert {"service": "email-sender", "environment": "test", "level": "INFO"} == ran[0]
    assert program.run is ran[1].func


@pytest.mark.parametrize("name", ["redrive", "suppress"])
def test_operators_commands(name, capsys):
    """Both commands explain themselves."""
    with pytest.raises(SystemExit) as ended:
        program.main([name, "--help"])

    assert 0 == ended.value.code
    assert f"email_sender {name}" in capsys.readouterr().out


def test_unknown_command(capsys):
    """A mistyped command does not start a service."""
    assert 2 == program.main(["redirve"])
    assert "usage: python -m email_sender [redrive | suppress]\n" == capsys.readouterr().err
