# What `python -m email_sender redrive` and `python -m email_sender suppress` call, and what reads an item of
# the ledger by its key. The key's policy lets whoever may use the table have it decrypted.
resource "aws_iam_role_policy" "this" {
  name   = "operate"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

data "aws_iam_policy_document" "this" {
  statement {
    sid = "TakeDeadLetters"
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ]
    resources = [var.dead_letter_queue_arn]
  }

  statement {
    sid       = "BringThemBack"
    actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = var.queue_arns
  }

  # A redrive opens items again, a suppression is an item; nothing is deleted, and nobody reads them all.
  statement {
    sid       = "ReadAndMendLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [var.ledger_arn]
  }
}
