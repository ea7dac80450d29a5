"""An account in which a release candidate runs."""

import json
from types import SimpleNamespace

from ops.bake.outputs import read_outputs
from ops.bake.read import read
from tests.unit.ops.bake.deployed import outputs
from tests.unit.ops.bake.figures import MINUTE, NOON

CLUSTER = "notifications-staging"
CANARY_ALARMS = ("n-canary-error-rate", "n-canary-unhealthy", "n-canary-send-failure-rate")
STABLE_ALARMS = {
    "notification-api": ("n-error-rate", "n-p99-latency"),
    "email-sender": ("n-send-failure-rate",),
    "email-sender-canary": ("n-canary-send-failure-rate",),
}
ALARMS = sorted({*CANARY_ALARMS, *(name for names in STABLE_ALARMS.values() for name in names)})


class Account:
    """An account with a load balancer, two target groups, services and alarms.

    Args:
        client: Gives boto3's clients.
        folder: For the outputs.
        canary: As `outputs` takes it.
    """

    def __init__(self, client, folder, **canary):
        self.client = client
        self.cloudwatch = client("cloudwatch")
        self.ecs = client("ecs")
        self._balance(client("ec2"), client("elbv2"))
        self._serve()
        for name in ALARMS:
            self.cloudwatch.put_metric_alarm(
                AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1
            )
        file = folder / "outputs.json"
        told = outputs(stable_group=self.groups["stable"], canary_group=self.groups["canary"], **canary)
        file.write_text(json.dumps(told), "utf-8")
        self.deployed = read_outputs(file)

    def _balance(self, ec2, elbv2):
        subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
        balancer = elbv2.create_load_balancer(Name="n", Subnets=subnets)["LoadBalancers"][0]
        self.groups = {
            name: elbv2.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=balancer["VpcId"])[
                "TargetGroups"
            ][0]["TargetGroupArn"]
            for name in ("stable", "canary")
        }
        elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.groups["stable"]}],
        )
        self.balancer = balancer["LoadBalancerArn"].split(":loadbalancer/")[1]

    def _serve(self):
        self.ecs.create_cluster(clusterName=CLUSTER)
        container = {"name": "service", "image": "service", "memory": 128}
        self.ecs.register_task_definition(family="service", containerDefinitions=[container])
        for name, alarms in STABLE_ALARMS.items():
            self.ecs.create_service(
                cluster=CLUSTER,
                serviceName=name,
                taskDefinition="service",
                desiredCount=1,
                deploymentConfiguration={
                    "alarms": {"alarmNames": list(alarms), "enable": True, "rollback": True}
                },
            )

    def put(self, side, minute, times=None, **metrics):
        """Datapoints of requests in a minute after noon; `times` are seconds with their counts."""
        group = self.groups[side].rpartition(":")[2]
        dimensions = {"LoadBalancer": self.balancer, "TargetGroup": group}
        self._put("AWS/ApplicationELB", dimensions, minute, metrics, {"TargetResponseTime": times or {}})

    def send(self, side, minute, times=None, **metrics):
        """Datapoints of mails in a minute after noon; `times` are milliseconds with their counts."""
        dimensions = {"Service": "email-sender", "Environment": "staging", "Release": side}
        self._put("Notifications", dimensions, minute, metrics, {"SendDuration": times or {}})

    def count_tasks(self, side, minute, desired, running):
        """Datapoints of a sender's tasks in a minute after noon; there is none where there is no number."""
        name = {"canary": "email-sender-canary", "stable": "email-sender"}[side]
        counts = {"DesiredTaskCount": desired, "RunningTaskCount": running}
        metrics = {metric: count for metric, count in counts.items() if count is not None}
        dimensions = {"ClusterName": CLUSTER, "ServiceName": name}
        self._put("ECS/ContainerInsights", dimensions, minute, metrics, {})

    def read(self, minutes=10):
        """Figures of so many minutes from noon on."""
        return read(SimpleNamespace(client=self.client), self.deployed, NOON, NOON + minutes * MINUTE)

    def requests(self, minutes=10):
        """Evidence on requests."""
        return self.read(minutes).evidence[0]

    def mails(self, minutes=10):
        """Evidence on mails."""
        return self.read(minutes).evidence[1]

    def _put(self, namespace, dimensions, minute, metrics, distributions):
        data = [{"MetricName": name, "Value": value} for name, value in metrics.items()]
        data += [
            {
                "MetricName": name,
                "Values": list(values),
                "Counts": [float(count) for count in values.values()],
            }
            for name, values in distributions.items()
            if values
        ]
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        common = {"Dimensions": named, "Timestamp": NOON + minute * MINUTE}
        if data:
            self.cloudwatch.put_metric_data(
                Namespace=namespace, MetricData=[{**one, **common} for one in data]
            )
