import stat

import pytest

from stage.terraform.setting import Setting
from stage.terraform.variable_files import VariableFiles

EVERYTHING_BEFORE = "z.auto.tfvars"


@pytest.fixture
def folder(tmp_path):
    """GIVEN the folder of a root module that brings variables of its own along."""
    made = tmp_path / "copy"
    made.mkdir()
    (made / EVERYTHING_BEFORE).write_text('a = "module"\n')
    return made


@pytest.fixture
def variables(folder):
    """GIVEN no variables yet."""
    return VariableFiles(folder)


@pytest.fixture
def var_files(tmp_path):
    """GIVEN two variable files whose names are in another order."""
    files = tmp_path / "staging.tfvars", tmp_path / "a.small.tfvars.json"
    files[0].write_text('a = "staging"\n')
    files[1].write_text('{"a": "small"}')
    return files


def read(folder):
    """Files that Terraform reads by itself, in the order in which it does, with what stands in them."""
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    assert [] == [name for name in names if not name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return [(name, (folder / name).read_text()) for name in names]


def contents(folder):
    """As above, without the names."""
    return [content for _, content in read(folder)]


def test_the_last_one_wins(variables, folder, var_files):
    """After the module's own come the files in their order, then single variables."""
    variables.give(var_files, {"a": "call"})

    assert [
        (EVERYTHING_BEFORE, 'a = "module"\n'),
        ("zz-stage-001-staging.auto.tfvars", 'a = "staging"\n'),
        ("zz-stage-002-a.auto.tfvars.json", '{"a": "small"}'),
        ("zz-stage-003-variables.auto.tfvars.json", '{"a": "call"}'),
    ] == read(folder)


def test_what_is_given_anew_replaces_all_that_was_before(variables, folder, var_files):
    """Also what was set on top; the module's own stays."""
    variables.give(var_files, {"a": "call"})
    with variables.set_on_top([Setting("a", 'a = "top"\n', ".tfvars")]):
        pass

    variables.give(var_files[:1], {"b": 1})

    assert ['a = "module"\n', 'a = "staging"\n', '{"b": 1}'] == contents(folder)


@pytest.mark.parametrize("end", [None, ValueError])
def test_others_stand_there_for_a_while(variables, folder, var_files, end):
    """What was there before is there again, however that ends."""
    variables.give(var_files, {"a": "call"})
    before = read(folder)

    try:
        with variables.others([], {"a": "another"}):
            assert ['a = "module"\n', '{"a": "another"}'] == contents(folder)
            if end is not None:
                raise end
    except ValueError:
        pass

    assert before == read(folder)


def test_a_setting_counts_from_its_success_on(variables, folder):
    """Until then only who is told of its file reads it; afterwards it comes last, twelve files or none."""
    variables.give([], {"a": "call"})
    before = contents(folder)

    with variables.set_on_top([Setting("a", 'a = "top"\n', ".tfvars")]) as files:
        assert ['a = "top"\n'] == [path.read_text() for path in files]
        assert before == contents(folder)

    assert [*before, 'a = "top"\n'] == contents(folder)


def test_a_setting_that_fails_is_forgotten(variables, folder):
    """With its file."""
    variables.give([], {"a": "call"})
    before = sorted(folder.iterdir())

    with (
        pytest.raises(ValueError, match="failed"),
        variables.set_on_top([Setting("a", "a = 1\n", ".tfvars")]),
    ):
        raise ValueError("failed")

    assert before == sorted(folder.iterdir())


def test_a_setting_replaces_that_of_the_same_variable_alone(variables, folder):
    """Whichever way each was written."""
    for settings in (
        [Setting("a", "a = 1\n", ".tfvars"), Setting("ab", "ab = 1\n", ".tfvars")],
        [Setting("a", '{"a": 0}', ".tfvars.json"), Setting("a", '{"a": 2}', ".tfvars.json")],
    ):
        with variables.set_on_top(settings):
            pass

    assert ['a = "module"\n', '{"a": 2}', "ab = 1\n"] == contents(folder)


def test_nobody_else_may_read_them(variables, folder, var_files):
    """From their first byte on: the API's keys are among them."""
    variables.give(var_files, {"a": "call"})
    with variables.set_on_top([Setting("a", "a = 1\n", ".tfvars")]) as files:
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}

    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("zz-*")}
