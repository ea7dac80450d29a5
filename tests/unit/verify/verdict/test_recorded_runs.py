from dataclasses import replace

import pytest

from tests.unit.verify.recorded_runs import FOLDER, read
from tests.unit.verify.verdict.test_broken_runs import RULES
from verify.record import IdleConnection

NAMES = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.iterdir())


def recorded(name):
    """The run as it was recorded, and what was not recorded yet then."""
    return replace(read(name), idle_connections=(IdleConnection("127.0.0.1:8080", 75.0, ended=True),))


@pytest.mark.parametrize("name", NAMES)
def test_a_real_run_in_which_all_was_well_passes(name):
    """On a machine that five other things kept busy, so that bounds are no tighter than such a run is."""
    run = recorded(name)

    assert {} == {
        check.name: check.detail for check in (rule(run) for rule in RULES) if check.outcome != "pass"
    }


def test_there_is_such_a_run():
    """With enough in it to be judged."""
    assert NAMES
    assert all(len(recorded(name).requests) > 1000 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_real_run_in_which_a_request_was_repeated_does_not(name):
    """One is enough, among more than a thousand."""
    run = recorded(name)
    again = replace(run.handled[500], task_arn="another task")

    failed = {rule(replace(run, handled=[*run.handled, again])).outcome for rule in RULES}

    assert {"pass", "fail"} == failed
