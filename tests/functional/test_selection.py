"""Changes as git tells them."""

import subprocess

import pytest

from tests.selection import changed_files


@pytest.fixture
def tree(tmp_path):
    """GIVEN a branch that has left the trunk: a commit of its own, a change and a new file."""

    def git(*arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)  # noqa: S607 - whichever git there is

    def write(name, text="new"):
        (tmp_path / name).write_text(text)

    git("init", "-b", "main")
    write(".gitignore", "ignored.py")
    for name in ("same.py", "changed.py", "moved.py", "gone.py"):
        write(name, f"old {name}\n" * 9)
    git("add", ".")
    git("commit", "-m", "trunk")
    git("checkout", "-b", "branch")
    write("committed.py")
    git("mv", "moved.py", "elsewhere.py")
    git("add", ".")
    git("commit", "-m", "branch")
    write("changed.py")
    write("untracked.py")
    write("ignored.py")
    (tmp_path / "gone.py").unlink()
    return tmp_path, git


def names(tree, **how):
    """Names of the changed files."""
    return sorted(path.name for path in changed_files(tree, **how))


def test_all_that_a_branch_has_changed(tree):
    """Committed or not, new, moved and removed; not what git ignores."""
    folder, _ = tree

    assert ["changed.py", "committed.py", "elsewhere.py", "gone.py", "moved.py", "untracked.py"] == names(
        folder
    )


def test_on_the_trunk_what_is_not_committed(tree):
    """There is no branch to look back along."""
    folder, git = tree
    git("checkout", "-B", "main")

    assert ["changed.py", "gone.py", "untracked.py"] == names(folder)


def test_since_a_revision(tree):
    """Whoever asks says what is compared with."""
    folder, _ = tree

    assert ["changed.py", "gone.py", "untracked.py"] == names(folder, since="HEAD")
