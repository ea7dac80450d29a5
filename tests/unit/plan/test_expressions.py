import pytest

from tests.plan.expressions import code


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${var.name}", "var.name"),
        ('"plain aws_like.text"', ""),
        ('"${local.name}-aws_like.text"', "local.name"),
        ('${f("aws_like.text", "${var.a}-b", { x = var.c })}', 'f("", " var.a ", { x = var.c })'),
        ('${module.registry.arns["email-sender"]}', 'module.registry.arns["email-sender"]'),
        ('"$${var.name}"', ""),
        ('"a \\" ${var.name}"', "var.name"),
        ("(local.key)", "(local.key)"),
    ],
)
def test_texts_are_taken_out_and_interpolations_kept(expression, expected):
    """Only what Terraform would follow is left."""
    assert code(expression).strip() == expected
