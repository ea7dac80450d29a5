import re

import pytest

from stage.authorization.errors import PolicyError
from stage.authorization.variables import WITHIN_A_SEGMENT, UnresolvedError, template

NEW, OLD = "2012-10-17", "2008-10-17"
CARLOS = {"aws:username": ("carlos",)}


def test_a_variable_is_filled_in():
    """Its name's letters may be large or small."""
    assert "home/carlos/" == template("home/${aws:UserName}/", NEW).text(CARLOS)


def test_a_variable_of_the_old_version_is_text():
    """Variables came with the version of 2012."""
    assert "${aws:username}" == template("${aws:username}", OLD).text(CARLOS)


def test_a_variable_without_a_value_is_not_filled_in():
    """Nor is one with several values."""
    one = template("${aws:username}", NEW)

    with pytest.raises(UnresolvedError):
        one.text({})
    with pytest.raises(UnresolvedError):
        one.text({"aws:username": ("carlos", "maria")})


def test_a_default_is_for_no_value_alone():
    """Several values are not none."""
    one = template("${aws:PrincipalTag/team, 'all of us'}", NEW)

    assert "all of us" == one.text({})
    assert "blue" == one.text({"aws:principaltag/team": ("blue",)})
    with pytest.raises(UnresolvedError):
        one.text({"aws:principaltag/team": ("blue", "red")})


def test_a_wildcard_in_a_value_is_none():
    """A user called * is not everybody."""
    expression = template("home/${aws:username}/?*", NEW).expression({"aws:username": ("*",)})

    assert re.fullmatch(expression, "home/*/one")
    assert not re.fullmatch(expression, "home/maria/one")
    assert not re.fullmatch(expression, "home/*/")


def test_an_asterisk_may_end_at_a_colon():
    """So it does in a segment of an ARN, and a question mark is no colon there."""
    expression = template("a*?c", NEW).expression({}, WITHIN_A_SEGMENT)

    assert re.fullmatch(expression, "abbc")
    assert not re.fullmatch(expression, "ab:c")
    assert not re.fullmatch(expression, "a:c")


def test_other_characters_of_expressions_are_text():
    """A point is a point."""
    assert not re.fullmatch(template("a.c", NEW).expression({}), "abc")


def test_a_template_is_split_outside_its_variables():
    """A value with a colon stays in its segment, and so do further colons."""
    parts = template("a:${aws:username}:c:d", NEW).split(":", 2)

    assert ["a", "x:y", "c:d"] == [part.text({"aws:username": ("x:y",)}) for part in parts]


def test_the_variables_of_a_template_are_known():
    """By their keys in small letters; characters are none."""
    found = template("${aws:UserName}${*}${aws:PrincipalTag/Team, 'x'}", NEW)

    assert ("aws:username", "aws:principaltag/team") == found.variables


@pytest.mark.parametrize("text", ["${}", "${aws:username", "${aws:username, x}", "${*?}"])
def test_what_aws_cannot_read_as_a_variable_is_refused(text):
    """It is named."""
    with pytest.raises(PolicyError, match="cannot read"):
        template(text, NEW)
