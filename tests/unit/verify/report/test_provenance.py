import pytest

from verify.report import provenance


def test_what_does_not_answer_is_unknown(tmp_path, monkeypatch):
    """A report is written all the same."""
    monkeypatch.setenv("PATH", str(tmp_path))

    found = provenance.versions("stage", tmp_path)

    assert "unknown" == found["Terraform"]
    assert "none: not a git working tree" == found["git revision"]


@pytest.mark.parametrize(
    ("arguments", "environment", "command"),
    [
        (["tests/load"], {}, "make verify"),
        (["tests/load"], {"BUDGET_FACTOR": "5"}, "BUDGET_FACTOR=5 make verify"),
        (["tests/load/", "--scenario", "a b"], {}, ".venv/bin/tox -e load -- --scenario 'a b'"),
        (
            ["tests/load", "--target=aws", "--outputs=o.json"],
            {"LOAD_API_KEY": "load.0123"},
            'LOAD_API_KEY="$LOAD_API_KEY" .venv/bin/tox -e load -- --target=aws --outputs=o.json',
        ),
        (
            ["tests/load", "--target", "aws"],
            {"LOAD_API_KEY": "load.0123"},
            'LOAD_API_KEY="$LOAD_API_KEY" .venv/bin/tox -e load -- --target aws',
        ),
    ],
)
def test_the_command_repeats_the_session_and_tells_no_secret(arguments, environment, command):
    """Whoever reads the report types it as it stands."""
    assert command == provenance.command(arguments, environment)
