from ops.plan_check.summary import summed_up
from tests.unit.ops.plan_check.planned import changes


def test_a_plan_is_summed_up_in_one_line():
    """As Terraform does it, with replacements by themselves."""
    summary = summed_up(
        changes(
            {"of": "queue", "action": "create"},
            {"of": "dead_letter_queue", "action": "create"},
            {"of": "table"},
            {"of": "task", "action": "replace"},
            {"of": "target_group", "action": "replace before"},
            {"of": "dashboard", "action": "delete"},
            {"of": "key", "action": "stays"},
        )
    )

    assert "2 to add, 1 to change, 2 to replace, 1 to destroy" == summary.sentence
    assert [
        "Add 2 aws_sqs_queue.",
        "Change 1 aws_dynamodb_table.",
        "Replace 1 aws_ecs_task_definition, 1 aws_lb_target_group.",
        "Destroy 1 aws_cloudwatch_dashboard.",
    ] == summary.lines


def test_a_plan_that_changes_nothing_says_so():
    """Four times."""
    summary = summed_up(changes({"of": "key", "action": "stays"}))

    assert "0 to add, 0 to change, 0 to replace, 0 to destroy" == summary.sentence
    assert [] == summary.lines


def test_what_moves_is_taken_over_or_let_go_is_told_where_there_is_any():
    """None of it is anything that happens to the resource."""
    summary = summed_up(
        changes(
            {"of": "queue", "action": "stays", "moved_from": "aws_sqs_queue.old"},
            {"of": "table", "imported": "notifications-production-deliveries"},
            {"of": "bucket", "action": "forget"},
        )
    )

    assert (
        "0 to add, 1 to change, 0 to replace, 0 to destroy, 1 to forget, 1 to import, 1 to move"
        == summary.sentence
    )
