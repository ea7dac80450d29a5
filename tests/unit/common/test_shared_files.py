import json
import re
import threading
from pathlib import Path

import pytest

from common.shared_files import complete_lines, drop_half_line, write_whole

_ROOT = Path(__file__).resolve().parents[3]
_ROUNDS = 300
# A file that is emptied as it is opened, and filled afterwards.
_IN_PLACE = re.compile(r"\.write_text\(|\.write_bytes\(|\bopen\([^)\n]*[\"'](w|x|r\+|w\+)b?[\"']")


@pytest.mark.parametrize("writers", [1, 3])
def test_a_reader_never_sees_less_than_one_whole_content(tmp_path, writers):
    """However often the file is written anew, what is read is one of the contents, from end to end."""
    path = tmp_path / "state.json"
    contents = [
        json.dumps({"round": number, "padding": "x" * 200_000 * number}) for number in range(writers + 1)
    ]
    write_whole(path, contents[0])
    ended = threading.Event()

    def write(content):
        while not ended.is_set():
            write_whole(path, content)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents[1:]]
    for thread in threads:
        thread.start()
    try:
        seen = {path.read_text() for _ in range(_ROUNDS)}
    finally:
        ended.set()
        for thread in threads:
            thread.join()

    assert seen <= set(contents)
    assert [path] == list(tmp_path.iterdir())


def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(tmp_path, monkeypatch):
    """A full disk is no reason to lose what was there."""
    path = tmp_path / "state.json"
    write_whole(path, "old")
    monkeypatch.setattr(Path, "write_bytes", _fails)

    with pytest.raises(OSError, match="full"):
        write_whole(path, "new")

    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def _fails(self, content):
    self.write_text(content.decode()[:1])
    raise OSError("the disk is full")


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"", []), (b"hal", []), (b"one\n", [b"one"]), (b"one\ntwo\nthr", [b"one", b"two"])],
)
def test_a_line_that_is_still_being_written_is_left_out(content, lines):
    """A log is read while somebody appends to it."""
    assert lines == complete_lines(content)


@pytest.mark.parametrize(
    ("before", "after"), [(b"one\ntw", b"one\n"), (b"tw", b""), (b"one\n", b"one\n"), (b"", b"")]
)
def test_what_a_killed_writer_left_half_written_is_cut_off(tmp_path, before, after):
    """The next line is written onto a line of its own."""
    path = tmp_path / "log"
    path.write_bytes(before)

    drop_half_line(path)

    assert after == path.read_bytes()


def test_a_log_that_is_not_there_needs_no_cutting(tmp_path):
    """The first start has nothing to mend."""
    drop_half_line(tmp_path / "log")

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", ["stage", "services", "tests/load", "verify"])
def test_no_program_writes_a_file_in_place(folder):
    """Somebody may be reading it: all of them leave that to one function. Logs are opened for a child.

    An archive in memory is no file.
    """
    found = [
        f"{path.relative_to(_ROOT)}: {line.strip()}"
        for path in sorted((_ROOT / folder).rglob("*.py"))
        for line in path.read_text().splitlines()
        if _IN_PLACE.search(line)
        and path.name != "shared_files.py"
        and "as log" not in line
        and "fileobj=" not in line
    ]

    assert [] == found
