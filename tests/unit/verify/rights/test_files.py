import pytest

from tests.unit.verify.rights.worlds import allowed, role, seen, statement
from verify.errors import LoadError
from verify.rights.files import load, save

SEND = allowed("sqs:SendMessage", "Send")


def test_runs_are_saved_and_loaded_together(tmp_path):
    """The folder is made if need be."""
    files = [tmp_path / "rights" / f"{name}.json" for name in ("apply", "release")]
    granted = [role(statement("Send", "sqs:SendMessage"))]
    for file in files:
        save(file, seen(SEND, roles=granted))

    found = load(files)

    assert (2, tuple(granted)) == (found.decisions[0].count, found.roles)


def test_a_run_that_is_saved_again_is_not_counted_twice(tmp_path):
    """The emulated AWS counts from its beginning."""
    for count in (1, 3):
        save(tmp_path / "apply.json", seen(allowed("sqs:SendMessage", "Send", count=count)))

    assert [3] == [one.count for one in load([tmp_path / "apply.json"]).decisions]


@pytest.mark.parametrize("content", [None, "no JSON", "{}", b"\xff"])
def test_a_file_that_is_none_is_named(tmp_path, content):
    """Whoever gave it sees which one."""
    file = tmp_path / "apply.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(LoadError, match=r"apply\.json: "):
        load([file])
