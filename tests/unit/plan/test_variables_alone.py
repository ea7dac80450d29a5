import pytest

from tests.plan.variables_alone import variables_alone

_VARIABLE = """variable "days" {
  type = number

  validation {
    condition     = var.days < local.max_days
    error_message = "Too many." # At ${local.max_days}.
  }
}"""


@pytest.fixture
def alone(tmp_path):
    """The variables alone of a module of these files."""

    def of(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.tf").write_text(text)
        return variables_alone(tmp_path)

    return of


def test_variables_are_taken_word_for_word(alone):
    """With their types, defaults and rules; nothing that takes a provider comes with them."""
    found = alone(
        variables=_VARIABLE,
        locals="locals {\n  max_days = 10\n}\n",
        main='resource "aws_sqs_queue" "this" {\n  name = local.name\n}\n',
    )

    assert found.startswith(_VARIABLE)
    assert "aws_sqs_queue" not in found


def test_locals_that_a_rule_refers_to_come_along(alone):
    """At any distance; others may refer to a resource."""
    found = alone(
        variables=_VARIABLE,
        locals="locals {\n  max_days = local.weeks * 7\n  arn = aws_sqs_queue.this.arn\n}\n",
        more="locals {\n  weeks = 2\n}\n",
    )

    assert "max_days = local.weeks * 7" in found
    assert "weeks = 2" in found
    assert "arn" not in found


def test_a_local_that_is_not_there_is_an_error(alone):
    """Terraform would say so too."""
    with pytest.raises(KeyError, match="max_days"):
        alone(variables=_VARIABLE)
