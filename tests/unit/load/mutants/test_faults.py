"""The faults that are planted in what the load tests drive."""

import shutil
from pathlib import Path

import pytest

from tests.load.mutants.fault import read_faults
from tests.load.mutants.run import copy_repository
from tests.mutants.edit import MutationError

REPOSITORY = Path(__file__).parents[4]
FOLDER = REPOSITORY / "tests" / "load" / "mutants"
FAULTS = read_faults(FOLDER)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_can_be_planted(fault, tmp_path):
    """Its text stands in its file once, and what takes its place is Python where it has to be."""
    copy = tmp_path / fault.file
    copy.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / fault.file, copy)

    fault.apply(tmp_path)

    if copy.suffix == ".py":
        compile(copy.read_text(), fault.file, "exec")


def test_a_copy_has_all_that_can_be_imported(tmp_path):
    """A copy that lacked a package would refuse every fault, the control too."""
    (tmp_path / "from").mkdir()
    for file in ("verify/plan.py", "common/pages.py", "terraform/.terraform.lock.hcl", ".tox/unit/x.py"):
        (tmp_path / "from" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / file).touch()

    copy_repository(tmp_path / "from", tmp_path / "to")

    assert {"verify/plan.py", "common/pages.py", "terraform/.terraform.lock.hcl"} == {
        str(file.relative_to(tmp_path / "to")) for file in (tmp_path / "to").rglob("*") if file.is_file()
    }


def test_there_are_enough_and_each_is_another():
    """At least forty, in the HCL, the services, the stage and those who drive it."""
    assert 40 <= len({fault.fault for fault in FAULTS}) == len(FAULTS)
    assert {"terraform", "services", "stage", "verify"} <= {Path(fault.file).parts[0] for fault in FAULTS}


@pytest.fixture
def written(tmp_path):
    """Writes a data file and reads it."""

    def write(text, *names):
        (tmp_path / "some.yaml").write_text(text)
        return read_faults(tmp_path, names)

    return write


ONE = "- {fault: It is broken., file: a.py, find: a, replace: b, noticed_by: [seen]}\n"


def test_one_is_asked_for_by_its_name_or_its_file(written):
    """The first is not the tenth."""
    assert ["some/1"] == [fault.name for fault in written(ONE * 10, "some/1")]
    assert 10 == len(written(ONE * 10, "some"))
    with pytest.raises(MutationError, match="there is no fault 'some/11'"):
        written(ONE * 10, "some/11")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ONE.replace("fault:", "wrong:"), r"some/1: unknown \['wrong'\], missing \['fault'\]"),
        (ONE.replace("[seen]", "[]"), "some/1: unknown .*noticed_by"),
        (ONE.replace(", noticed_by: [seen]", ""), "noticed_by"),
    ],
)
def test_what_is_missing_is_named(written, text, told):
    """A fault that no check has to notice proves nothing."""
    with pytest.raises(MutationError, match=told):
        written(text)


@pytest.mark.parametrize(
    ("content", "told"),
    [("a a", "2 times, not once"), ("", "0 times, not once"), (None, r"there is no a\.py")],
)
def test_what_cannot_be_planted_is_told(written, tmp_path, content, told):
    """Somebody has changed the file."""
    (fault,) = written(ONE)
    if content is not None:
        (tmp_path / "a.py").write_text(content)

    with pytest.raises(MutationError, match=told):
        fault.apply(tmp_path)


def test_a_fault_that_changes_nothing_is_told(written, tmp_path):
    """Nobody could notice it."""
    (fault,) = written(ONE.replace("replace: b", "replace: a"))
    (tmp_path / "a.py").write_text("a")

    with pytest.raises(MutationError, match="is the same before and after"):
        fault.apply(tmp_path)
