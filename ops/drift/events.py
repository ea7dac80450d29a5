"""Whoever else sends to what is ours, or takes messages away: EventBridge, its pipes, and Lambda."""

from collections.abc import Iterator

from common.pages import listed
from ops.drift.aws import Aws
from ops.drift.finding import NONE, Finding
from ops.drift.state import State

_TARGETS = ("aws_sqs_queue", "aws_sns_topic", "aws_ecs_cluster")


def rules(aws: Aws, state: State) -> Iterator[Finding]:
    """Rules of the default event bus that send to a queue or a topic, or start tasks."""
    events = aws("events")
    declared = {one["name"] for one in state.of("aws_cloudwatch_event_rule")}
    for known in state.of(*_TARGETS):
        names = listed(events, "list_rule_names_by_target", "RuleNames", TargetArn=known["arn"])
        for name in sorted(set(names) - declared):
            yield Finding(known.address, f"event_rule[{name}]", NONE, "sends events here")


def consumers(aws: Aws, state: State) -> Iterator[Finding]:
    """Functions and pipes that take messages from a queue, none of which the Email Sender gets.

    Their roles allow them to, so that no policy of the queue tells of them.
    """
    functions, pipes = aws("lambda"), aws("pipes")
    mappings = {one["uuid"] for one in state.of("aws_lambda_event_source_mapping")}
    declared = {one["arn"] for one in state.of("aws_pipes_pipe")}
    for queue in state.of("aws_sqs_queue"):
        arn = queue["arn"]
        found = listed(functions, "list_event_source_mappings", "EventSourceMappings", EventSourceArn=arn)
        for one in found:
            if one["UUID"] not in mappings:
                yield Finding(queue.address, f"consumer[{one['FunctionArn']}]", NONE, one["State"])
        for one in listed(pipes, "list_pipes", "Pipes", SourcePrefix=arn):
            # The prefix is that of other queues' ARNs as well.
            if one["Source"] == arn and one["Arn"] not in declared:
                yield Finding(queue.address, f"consumer[{one['Arn']}]", NONE, one["CurrentState"])
