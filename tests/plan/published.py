"""Metrics that somebody puts into CloudWatch, with the names of their dimensions."""

import ast
import io
import json
from pathlib import Path

from email_sender.observations import BY_RELEASE
from shared.metrics import Compared, Metrics
from tests.plan.cloudwatch import Metric

SERVICES = Path(__file__).resolve().parents[2] / "services"

_LOAD_BALANCER = ({"LoadBalancer"}, {"LoadBalancer", "TargetGroup"})
_QUEUE = ({"QueueName"},)
_SERVICE = ({"ClusterName", "ServiceName"},)

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
BY_AWS = {
    ("AWS/ApplicationELB", "RequestCount"): _LOAD_BALANCER,
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): _LOAD_BALANCER,
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): ({"LoadBalancer"},),
    ("AWS/ApplicationELB", "TargetResponseTime"): _LOAD_BALANCER,
    ("AWS/ApplicationELB", "HealthyHostCount"): ({"LoadBalancer", "TargetGroup"},),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): _QUEUE,
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"): _QUEUE,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): _QUEUE,
    ("AWS/ECS", "CPUUtilization"): _SERVICE,
    ("ECS/ContainerInsights", "RunningTaskCount"): _SERVICE,
    ("ECS/ContainerInsights", "DesiredTaskCount"): _SERVICE,
    # https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
    ("AWS/SES", "Reputation.BounceRate"): (set(),),
    ("AWS/SES", "Reputation.ComplaintRate"): (set(),),
}

# What became of mails that were sent, as SES tells it.
OF_MAILS_SENT = {f"Mails{what}" for what in ("Delivered", "Delayed", "Bounced", "Complained", "Rejected")}


def by_service(service: str) -> set[str]:
    """Names of what a service counts and observes with no dimensions of its own, read from its source.

    What has some is another metric to CloudWatch, which no alarm and no graph here reads.
    """
    package = SERVICES / service.replace("-", "_")
    trees = [ast.parse(path.read_text()) for path in package.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    calls = [
        node for node in nodes if isinstance(node, ast.Call) and _is_observation(node) and not node.keywords
    ]
    named = {text for call in calls for text in _texts(call.args[:1])}
    tables = [node.value for node in nodes if isinstance(node, ast.Assign) and _is_table(node)]
    return named | {text for table in tables if isinstance(table, ast.Dict) for text in _texts(table.values)}


def published_by_us(metric: Metric, environment: str) -> bool:
    """Whether a service of an environment writes a metric of this name, with these dimensions."""
    named = dict(metric.dimensions)
    service, release = named["Service"], named.get("Release")
    compared = None if release is None else Compared(release, BY_RELEASE)
    if metric.name not in by_service(service):
        return False
    stream = io.StringIO()
    metrics = Metrics(service, environment, compared=compared, stream=stream)
    metrics.count(metric.name)
    metrics.flush()
    line = json.loads(stream.getvalue())
    written = [
        (directive["Namespace"], frozenset((name, line[name]) for name in dimensions))
        for directive in line["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
    ]
    return (metric.namespace, metric.dimensions) in written


def _is_observation(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("count", "observe", "gauge")


def _is_table(node: ast.Assign) -> bool:
    """Whether it is a dictionary that names the counter of each outcome or event."""
    return [target.id for target in node.targets if isinstance(target, ast.Name)] == ["_COUNTER"]


def _texts(nodes: list[ast.expr]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
