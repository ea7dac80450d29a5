from rich.console import Console

from tests.unit.verify.rights.worlds import QUEUE, allowed, refused, role, seen, statement
from verify.rights.judge import judge
from verify.rights.reasons import Reason, Reasons
from verify.rights.terminal import drawn

RECEIVE, PURGE, DELETE = "sqs:ReceiveMessage", "sqs:PurgeQueue", "sqs:DeleteMessage"


def printed(*decisions, statements, reasons=Reasons(), **how):  # noqa: B008 - it is frozen
    """Lines that the terminal shows of one role."""
    console = Console(width=200)
    with console.capture() as captured:
        console.print(drawn(judge(seen(*decisions, roles=[role(*statements)]), reasons), **how))
    return [line.strip() for line in captured.get().splitlines()]


def test_a_used_right_has_a_row_with_its_calls_and_resources():
    """Below the role's name."""
    lines = printed(allowed(RECEIVE, "Receive", count=7), statements=[statement("Receive", RECEIVE)])

    assert "staging-email-sender-task" == lines[0]
    assert ["run/Receive", RECEIVE, "7", "queue"] in [line.split() for line in lines]
    assert lines[-1].startswith("PASS  each right is used")


def test_what_is_wrong_comes_last_with_the_verdict():
    """Whoever scrolled past the roles sees it."""
    decision = refused("sqs:SendMessage")
    lines = printed(decision, statements=[statement("Work", [PURGE, DELETE])])

    assert [
        "staging-email-sender-task: run/Work grants sqs:DeleteMessage, sqs:PurgeQueue, and nothing used them",
        f"staging-email-sender-task: {decision.message}",
        "FAIL  2 findings",
    ] == lines[-3:]


def test_each_role_tells_what_is_not_used_and_why():
    """Rights without and with a reason, calls by other policies, refusals."""
    reasons = Reasons(unused=(Reason("reasons.yaml:2", "*", "An incident's [right].", DELETE),))
    lines = printed(
        refused("sqs:SendMessage"),
        allowed(RECEIVE, kind="resource-based policy", name=""),
        statements=[statement("Work", [PURGE, DELETE])],
        reasons=reasons,
    )

    assert "never used: run/Work sqs:PurgeQueue" in lines
    assert "never used: run/Work sqs:DeleteMessage: An incident's [right]." in lines
    assert f"otherwise: {RECEIVE} on {QUEUE} by resource-based policy (1 times)" in lines
    assert any(line.startswith("refused: User: arn:aws:iam::") for line in lines)


def test_in_brief_only_what_is_wrong_is_told():
    """A pipeline's log has no use for a thousand lines of what is right."""
    statements = [statement("Work", [RECEIVE, PURGE])]
    lines = printed(allowed(RECEIVE, "Work"), statements=statements, brief=True)

    assert [
        f"staging-email-sender-task: run/Work grants {PURGE}, and nothing used it",
        "FAIL  1 findings",
    ] == lines
