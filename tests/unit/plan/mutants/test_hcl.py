import pytest

from tests.plan.mutants.hcl_tokens import HclSyntaxError, all_tokens, tokens
from tests.plan.mutants.hcl_tree import blocks_of, brackets, elements, entries

SOURCE = """
# resource "no" "resource" {
resource "aws_sqs_queue" "this" {
  name = "${var.name}-${local.names["a"]}" // a comment
  policy = jsonencode({
    Action = ["sqs:*", "sns:*",]
    "Sid" : 1
  })
  /* two
  lines */
  statement {
    values = [for one in var.all : one[0]]
  }
  text = <<-EOT
    not = "a token"
  EOT
}
"""


@pytest.fixture
def queue():
    """The one block."""
    (block,) = blocks_of(tokens(SOURCE))
    return block


def test_a_token_stands_where_its_text_stands():
    """Whatever is not a token is a blank or a comment."""
    assert [] == [one for one in all_tokens(tokens(SOURCE)) if SOURCE[one.start : one.end] != one.text]


def test_interpolations_are_read():
    """A reference in a text is a reference."""
    names = [
        token.text for token in all_tokens(tokens('"$${no} ${a.b["c"]} %{if d}"')) if token.kind == "name"
    ]
    assert ["a", "b", "if", "d"] == names


@pytest.mark.parametrize("source", ['"no end', '"${no end"', "a = ~", "}"])
def test_what_is_no_hcl_is_said(source):
    """Half a file gives no mutations."""
    with pytest.raises(HclSyntaxError):
        tokens(source)


@pytest.mark.parametrize("source", ["a = [1", "a { b = 1", "= 1"])
def test_what_is_no_body_is_said(source):
    """Neither does a block that does not end."""
    with pytest.raises(HclSyntaxError):
        blocks_of(tokens(source))


def test_a_block_has_arguments_and_blocks(queue):
    """Each with its place."""
    assert ("resource", ("aws_sqs_queue", "this")) == (queue.kind, queue.labels)
    assert ["name", "policy", "text"] == [one.name for one in queue.arguments]
    assert ["statement"] == [one.kind for one in queue.blocks]
    assert SOURCE[queue.start : queue.end].startswith('resource "aws_sqs_queue"')
    assert SOURCE.endswith(SOURCE[queue.opened : queue.end] + "\n")
    assert queue.argument("none") is None


def test_an_object_has_entries_and_a_list_elements(queue):
    """Commas and lines part the one, commas the other."""
    value = queue.argument("policy").value
    brace, bracket = brackets(value)
    assert ["Action", "Sid"] == [one.name for one in entries(value, brace)]
    assert [['"sqs:*"'], ['"sns:*"']] == [
        [one.text for one in element] for element in elements(value, bracket)
    ]


def test_an_index_is_no_list_and_a_for_has_no_elements(queue):
    """Taking out a part of either leaves no expression."""
    value = queue.blocks[0].argument("values").value
    (bracket,) = brackets(value)
    assert () == elements(value, bracket)
    assert () == entries(tokens("{for a in b : a => a}"), 0)
