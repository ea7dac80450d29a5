"""Releases by a command that is only played."""

import itertools
import json
import os
import textwrap
from pathlib import Path

import pytest

from tests.waiting import START
from verify import releasing
from verify.errors import LoadError
from verify.releasing import Releasing, Wanted, found_at_start, found_in_bake
from verify.target import Releases
from verify.versions import CRASHES, FAILS

SERVICES = Path(__file__).resolve().parents[3] / "services"
# Writes down how it was called, tells its steps, and ends as the file `course` says.
OPS = """
    import json, os, pathlib, sys, time
    here = pathlib.Path(__file__).parent
    with (here / "calls").open("a") as calls:
        calls.write(json.dumps([sys.argv[1:], dict(os.environ)]) + "\\n")
    course = json.loads((here / "course").read_text())
    for line in course["tells"]:
        print(line, file=sys.stderr, flush=True)
    while course.get("hangs") and not (here / "killed").exists():
        time.sleep(0.01)
        if len((here / "calls").read_text().splitlines()) > course["hangs"]:
            break
    print(json.dumps(course["answer"]) if "answer" in course else "")
    sys.exit(course["status"])
"""
OUT = {"out": {"image_tag": "1.1.0", "canary": None}, "reasons": [], "findings": []}


@pytest.fixture
def ops(tmp_path, monkeypatch):
    """GIVEN a program in the place of ours; gives its folder."""
    folder = tmp_path / "root" / "ops"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "__main__.py").write_text(textwrap.dedent(OPS))
    monkeypatch.setattr(releasing, "_ROOT", folder.parent)
    monkeypatch.setenv("AWS_PROFILE", "of-the-caller")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    return folder


@pytest.fixture
def place(ops, tmp_path):
    """GIVEN an environment to release into; gives it with what was built, and what was told."""
    built, told = {}, []
    where = {"AWS_REGION": "eu-west-1"}
    keys = itertools.count(1)
    releases = Releases(
        "staging",
        tmp_path / "copy",
        where,
        lambda: {**where, "AWS_SESSION_TOKEN": f"deploys {next(keys)}"},
        SERVICES,
        built.__setitem__,
    )
    (tmp_path / "work").mkdir()
    return Releasing(releases, tmp_path / "work", ("--bake-minutes", "7"), told.append), built, told


def plays(ops, **course):
    """Have the program do this."""
    (ops / "course").write_text(json.dumps({"tells": [], "answer": OUT, "status": 0} | course))


def calls(ops):
    """Arguments and environment of each run."""
    return [json.loads(line) for line in (ops / "calls").read_text().splitlines()]


def test_a_version_is_made_and_released(ops, place, tmp_path):
    """Of both services, by the command that a person uses, with the environment's AWS and no other."""
    releasing_, built, told = place
    plays(ops, tells=["promote"])

    released = releasing_.release(Wanted("1.1.0"), START)

    assert ["notification-api:1.1.0", "email-sender:1.1.0"] == list(built)
    ((arguments, environment),) = calls(ops)
    where = ["--environment", "staging", "--folder", str(tmp_path / "copy"), "--json"]
    assert ["release", *where, "--image-tag", "1.1.0", "--bake-minutes", "7"] == arguments
    assert ("eu-west-1", "deploys 1") == (environment["AWS_REGION"], environment["AWS_SESSION_TOKEN"])
    assert environment.keys().isdisjoint({"AWS_PROFILE", "HTTPS_PROXY"})
    assert (0, "1.1.0", "", ()) == (released.status, released.stable, released.canary, released.killed)
    assert "promote" in told
    assert released.began_at < released.ended_at


def test_what_a_bad_version_has_to_come_to_is_noted(ops, place):
    """With the fault in its code, and what the command says against it."""
    releasing_, built, _ = place
    answer = {"out": {"image_tag": "1.1.0", "canary": {"image_tag": "1.2.0"}}, "reasons": ["it fails more"]}
    plays(ops, answer=answer, status=4)

    released = releasing_.release(found_in_bake("1.2.0", FAILS, "fails more"), START)

    assert FAILS.written in (built["notification-api:1.2.0"] / "routes.py").read_text()
    assert (FAILS.name, (4, 5), ("fails more",)) == (
        released.fault,
        released.wanted_statuses,
        released.wanted_reason,
    )
    assert (4, ("it fails more",), "1.2.0") == (released.status, released.reasons, released.canary)
    assert (6,) == found_at_start("1.3.0", CRASHES).statuses


def test_it_is_killed_where_that_is_wanted_and_run_again(ops, place):
    """Each time with the same command."""
    releasing_, _, _ = place
    plays(ops, tells=["start the candidate", "baking"], hangs=2)

    kills = ("start the candidate", "baking")
    released = releasing_.release(Wanted("1.1.0", kills=kills), START)

    assert kills == released.wanted_kills == released.killed
    assert 3 == len(calls(ops))
    assert calls(ops)[0][0] == calls(ops)[2][0]
    assert 0 == released.status


def test_a_kill_that_it_never_came_to_is_not_claimed(ops, place):
    """It had ended before."""
    releasing_, _, _ = place
    plays(ops)

    assert () == releasing_.release(Wanted("1.1.0", kills=("no such step",)), START).killed


def test_a_release_that_does_not_end_is_an_error(ops, place):
    """And the command does not outlive it."""
    releasing_, _, _ = place
    plays(ops, tells=["terraform apply: created 1 of 3"], hangs=9)

    # On a busy machine its first words take longer than that.
    for seconds in (1.0, 10.0, START):
        with pytest.raises(LoadError, match=f"not done within {seconds:.0f} s: ") as error:
            releasing_.release(Wanted("1.1.0"), seconds)
        if "beginning" not in str(error.value):
            break

    assert str(error.value).endswith("s: terraform apply: created 1 of 3")


def test_a_command_without_an_answer_is_an_error(ops, place):
    """With its last words."""
    releasing_, _, _ = place
    plays(ops, tells=["ops: nothing is applied"], status=1)
    course = json.loads((ops / "course").read_text())
    del course["answer"]
    (ops / "course").write_text(json.dumps(course))

    with pytest.raises(LoadError, match="ops gave no answer: ops: nothing is applied"):
        releasing_.ask("drift")
    assert "of-the-caller" == os.environ["AWS_PROFILE"]
