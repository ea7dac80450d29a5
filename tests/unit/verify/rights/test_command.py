import json

import pytest

from tests.unit.verify.rights.worlds import allowed, refused, role, seen, statement
from verify.__main__ import main
from verify.errors import LoadError
from verify.rights import ask
from verify.rights.files import load, save

RECEIVE, PURGE = "sqs:ReceiveMessage", "sqs:PurgeQueue"
GRANTED = [role(statement("Receive", RECEIVE))]
GOOD = seen(allowed(RECEIVE, "Receive"), roles=GRANTED)


@pytest.fixture
def rights(tmp_path):
    """Runs the command on runs that were saved, without reasons; gives its exit status."""
    (tmp_path / "reasons.yaml").write_text("unused: []")

    def run(*observed, options=()):
        files = [tmp_path / f"{number}.json" for number in range(len(observed))]
        for file, one in zip(files, observed, strict=True):
            save(file, one)
        given = ["--decisions", *map(str, files)] if files else []
        return main(["rights", *given, "--reasons", str(tmp_path / "reasons.yaml"), *options])

    return run


def test_rights_that_are_enough_and_no_more_end_well(rights, capsys):
    """Status 0."""
    assert 0 == rights(GOOD)
    assert "PASS" in capsys.readouterr().out


@pytest.mark.parametrize(
    "observed",
    [
        seen(allowed(RECEIVE, "Receive"), roles=[role(statement("Receive", [RECEIVE, PURGE]))]),
        seen(allowed(RECEIVE, "Receive"), refused(PURGE), roles=GRANTED),
    ],
)
def test_a_finding_ends_with_its_own_status(rights, observed):
    """Status 2, as of `ops`."""
    assert 2 == rights(observed)


@pytest.mark.parametrize("observed", [seen(roles=GRANTED), seen(allowed(RECEIVE, "Receive"))])
def test_where_nothing_was_recorded_nothing_passes(rights, capsys, observed):
    """Status 1, and one line says why."""
    assert 1 == rights(observed)
    assert "no roles or no decisions" in capsys.readouterr().err


def test_several_runs_are_judged_together(rights):
    """What one of them uses is used."""
    granted = [role(statement("Work", [RECEIVE, PURGE]))]
    runs = [seen(allowed(action, "Work"), roles=granted) for action in (RECEIVE, PURGE)]

    assert [2, 0] == [rights(runs[0]), rights(*runs)]


def test_a_program_gets_json(rights, capsys):
    """And nothing else on the standard output."""
    rights(GOOD, options=["--json"])

    assert [] == json.loads(capsys.readouterr().out)["findings"]


def test_a_report_has_checks_and_a_chapter(rights, tmp_path):
    """As a session's has."""
    rights(GOOD, options=["--report", str(tmp_path / "report")])

    page = (tmp_path / "report" / "index.html").read_text("utf-8")
    assert '<h2 id="rights">Rights</h2>' in page
    assert "<code>rights_used</code>" in page


def test_a_running_aws_is_asked_where_no_file_is_named(rights, monkeypatch, tmp_path):
    """What it says may be saved, to be judged with other runs."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(ask, "observe", lambda _environment, _iam: GOOD)

    assert 0 == rights(options=["--save", str(tmp_path / "saved.json")])
    assert GOOD == load([tmp_path / "saved.json"])


@pytest.mark.parametrize("error", [LoadError("nobody answers"), OSError("disk full")])
def test_what_cannot_be_told_is_no_finding(rights, monkeypatch, capsys, error):
    """Status 1."""

    def fail(_environment, _iam):
        raise error

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(ask, "observe", fail)

    assert 1 == rights()
    assert f"verify: {error}" in capsys.readouterr().err


def test_a_wrong_command_line_is_no_finding(capsys):
    """The parser's own status would be taken for one."""
    with pytest.raises(SystemExit) as ended:
        main(["rights", "--decision-of-nobody"])

    assert 64 == ended.value.code
    assert "python -m verify" in capsys.readouterr().err
