import pytest

from ops.plan_check.alarm_rule import implied

MANY = [f"a{number}" for number in range(30)]


def any_of(names):
    """A rule that is met by each of the alarms."""
    return " OR ".join(f'ALARM("{name}")' for name in names)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ALARM(a)", "ALARM(a)"),
        ('ALARM("a")', "ALARM(a)"),
        ("ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a)", "ALARM('a')"),
        ("ALARM(a)", "ALARM(a) OR ALARM(b)"),
        ("ALARM(a) AND ALARM(b)", "ALARM(a)"),
        ("ALARM(a) AND ALARM(b)", "ALARM(b) AND ALARM(a)"),
        ("ALARM(a) AND NOT ALARM(b)", "ALARM(a) AND (OK(b) OR INSUFFICIENT_DATA(b))"),
        ("FALSE", "ALARM(a)"),
        ("ALARM(a)", "TRUE"),
        (any_of(MANY), any_of([*MANY, "b"])),
        ("ALARM(old)", "ALARM(new)"),
    ],
)
def test_a_rule_that_goes_off_whenever_the_other_did_is_no_narrower(before, after):
    """However it is written."""
    assert implied(before, after, {"old": "new"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ALARM(a) OR ALARM(b)", "ALARM(a)"),
        ("ALARM(a)", "ALARM(b)"),
        ("ALARM(a)", "OK(a)"),
        ("ALARM(a) OR ALARM(b)", "ALARM(a) AND ALARM(b)"),
        ("ALARM(a)", "ALARM(a) AND NOT ALARM(b)"),
        ("ALARM(a)", "FALSE"),
        ("ALARM(a) OR INSUFFICIENT_DATA(a)", "ALARM(a)"),
        (any_of(MANY), any_of(MANY[1:])),
        (any_of(MANY), f"({any_of(MANY)}) AND ALARM(b)"),
        ("ALARM(a)", ""),
        ("ALARM(a)", "ALARM(a) OR"),
        ("ALARM(a)", "(ALARM(a)"),
        ("ALARM(a)", "ALARM(a) ALARM(b)"),
        ("ALARM(a)", "AT_LEAST(1, ALARM, (a, b))"),
    ],
)
def test_a_rule_that_may_stay_silent_or_cannot_be_read_is_narrower(before, after):
    """Nobody takes for granted what cannot be told."""
    assert not implied(before, after, {})
