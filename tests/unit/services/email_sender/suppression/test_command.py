import io

import pytest
from rich.console import Console

from email_sender.suppression.command import main


@pytest.fixture
def suppress(aws_environment, environ, ledger_table):
    """Run the command in its environment; exit code and what it printed."""

    def run(*argv, **changes):
        console = Console(file=io.StringIO(), width=200)
        with environ({**aws_environment, "LEDGER_TABLE": ledger_table, **changes}):
            code = main(argv, console=console)
        return code, console.file.getvalue()

    return run


def test_add_show_remove(suppress):
    """An address is suppressed from add to remove; nothing that is printed repeats it."""
    steps = [
        suppress("show", "ada@example.com"),
        suppress("add", "ada@example.com", "--reason", "asked us to stop", "--days", "7"),
        suppress("show", "ada@example.com"),
        suppress("remove", "ada@example.com"),
        suppress("show", "ada@example.com"),
        suppress("remove", "ada@example.com"),
    ]

    assert [1, 0, 0, 0, 1, 0] == [code for code, _ in steps]
    printed = [text for _, text in steps]
    assert printed[0] == printed[4] == "The address gets mail.\n"
    assert "The address gets no mail for 7 days.\n" == printed[1]
    assert "asked us to stop" in printed[2]
    assert "The address gets mail again.\n" == printed[3]
    assert "The address was not suppressed.\n" == printed[5]
    assert "ada" not in "".join(printed)


def test_missing_settings_are_named(suppress):
    """What is not set is named, and nothing is done."""
    code, text = suppress("show", "ada@example.com", LEDGER_TABLE="", AWS_REGION="")

    assert 1 == code
    assert text.startswith("suppress: AWS_REGION and LEDGER_TABLE must be set in the environment")


def test_table_that_is_not_there(suppress):
    """What DynamoDB says comes with what to check."""
    code, text = suppress("add", "ada@example.com", LEDGER_TABLE="no-such-table")

    assert 1 == code
    assert "ResourceNotFound" in text
    assert "dynamodb:PutItem" in text


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["add", "ada"], "must be one mail address"),
        (["add", "ada@example.com", "--days", "0"], "must be a whole number from 1 to 9999"),
        ([], "required: action"),
    ],
)
def test_command_line_that_makes_no_sense(capsys, argv, said):
    """The command line is checked before anything is asked."""
    with pytest.raises(SystemExit) as ended:
        main(argv)

    assert 2 == ended.value.code
    assert said in capsys.readouterr().err
