from stage.terraform.apply_watch import ApplyWatch

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/small"


def message(kind, resource_type, action="create", **hook):
    """A message as `terraform apply -json` prints it."""
    return {"type": kind, "hook": {"resource": {"resource_type": resource_type}, "action": action, **hook}}


def heard(*messages):
    """What was called for messages."""
    calls = []
    watch = ApplyWatch(calls.append, lambda *waiting: calls.append(waiting))
    for one in messages:
        watch(one)
    return calls


def test_the_first_cluster_is_told_once():
    """Tasks can run from then on; another cluster changes nothing."""
    there = message("apply_complete", "aws_ecs_cluster", id_value=CLUSTER)

    assert [CLUSTER] == heard(message("apply_start", "aws_ecs_cluster"), there, there)


def test_a_wait_for_a_service_is_told_with_its_cluster():
    """So that somebody can look whether there is any hope."""
    there = message("apply_complete", "aws_ecs_cluster", id_value=CLUSTER)

    assert [CLUSTER, ("small", 20.0)] == heard(
        there, message("apply_progress", "aws_ecs_service", elapsed_seconds=20)
    )


def test_other_messages_are_nobodys_matter():
    """A load balancer takes its time, and so does a service that goes."""
    assert [] == heard(
        {"type": "version"},
        message("apply_progress", "aws_lb", elapsed_seconds=10),
        message("apply_progress", "aws_ecs_service", action="delete", elapsed_seconds=10),
    )
