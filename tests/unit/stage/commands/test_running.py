"""Rules that hold for every command on a stage that is up."""

import os
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError

from stage.host.record import StageRecord, own_record

from .conftest import access

COMMANDS = [
    ("status",),
    ("logs", "api"),
    ("events",),
    ("scale", "api", "3"),
    ("kill", "1a2b"),
    ("mails",),
    ("alarms",),
    ("open", "--no-browser"),
    ("down",),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
class TestNoStage:
    """Nothing can be read or changed where no stage runs."""

    def test_none_is_up(self, call, command):
        """One line says so, and how to bring one up; the exit status is one of its own."""
        said = call(*command)

        assert (69, "") == (said.status, said.out)
        assert "stage: no stage named 'default' is up: `make stage` brings one up\n" == said.err

    def test_another_is_up(self, call, command):
        """The line names those that there are."""
        own_record("mine", access()).write()

        said = call(*command, "--name", "other")

        assert 69 == said.status
        assert "stage: no stage named 'other' is up: there is --name mine\n" == said.err

    def test_one_that_was_killed_has_left_its_record(self, call, command):
        """The process id may be another's by now, whom nothing is done to."""
        StageRecord("default", os.getpid(), own_record("default").began - 3600, access()).write()

        said = call(*command)

        assert 69 == said.status
        assert "no stage named 'default' is up" in said.err


@pytest.mark.parametrize("command", COMMANDS[:-1], ids=lambda command: command[0])
def test_one_that_comes_up_is_not_there_yet(folder, call, command):
    """It has no endpoints yet; ending it can be done all the same."""
    own_record("default").write()

    said = call(*command)

    assert 69 == said.status
    assert f"stage: the stage 'default' is still coming up (pid {os.getpid()})" in said.err


@pytest.mark.parametrize("tidying_up", [False, True])
def test_one_that_goes_meanwhile_is_told_in_one_line(folder, up, call, monkeypatch, tidying_up):
    """Whoever follows its logs is told so without a traceback; its AWS ends before its process does."""

    def gone(*_where):
        own_record("default").write()
        if not tidying_up:
            monkeypatch.setattr(StageRecord, "process", lambda _record: None)
        raise EndpointConnectionError(endpoint_url="http://127.9.0.1:4000")

    monkeypatch.setattr(
        "stage.commands.running.Aws",
        lambda *_where: SimpleNamespace(cloudwatch=SimpleNamespace(get_paginator=gone)),
    )

    said = call("alarms")

    assert (69, "stage: the stage 'default' has gone\n") == (said.status, said.err)


def test_a_name_that_is_a_path_is_refused(folder, call):
    """A name becomes a file's name."""
    said = call("status", "--name", "../etc")

    assert 2 == said.status
    assert "use letters, digits and dashes only" in said.err


def test_exit_statuses_are_in_the_help(capsys, call):
    """A script has to know them."""
    with pytest.raises(SystemExit):
        call("--help")

    assert "69 (EX_UNAVAILABLE of sysexits.h)" in " ".join(capsys.readouterr().out.split())
