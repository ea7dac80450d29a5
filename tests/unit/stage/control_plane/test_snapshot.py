"""An emulated AWS that begins with all that another one knew, and with nothing of what ran on it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.base_backend import BackendDict
from moto.ecs.models import ecs_backends
from moto.sqs.models import sqs_backends

from stage.control_plane import snapshot
from stage.control_plane.extensions.registration import in_use
from stage.control_plane.reports import TargetHealth

CIDR = "10.20.1.0/24"


class System:
    """A small system, declared and then run for a while."""

    def __init__(self, client, reporter):
        self.client, self.reporter = client, reporter
        self.ecs = client("ecs")
        vpc = client("ec2").create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.subnet = client("ec2").create_subnet(VpcId=vpc, CidrBlock=CIDR)["Subnet"]["SubnetId"]
        owner = client("ec2").create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"]
        self.group = client("elbv2").create_target_group(
            Name="api", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        self.ecs.create_cluster(clusterName="main")
        self.ecs.register_task_definition(
            family="api",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "api", "image": "api"}],
        )
        self.network = {"awsvpcConfiguration": {"subnets": [self.subnet], "securityGroups": [owner]}}
        self.ecs.create_service(
            cluster="main",
            serviceName="api",
            taskDefinition="api",
            launchType="FARGATE",
            networkConfiguration=self.network,
            desiredCount=2,
        )
        client("logs").create_log_group(logGroupName="/api")
        client("logs").create_log_stream(logGroupName="/api", logStreamName="declared")
        namespace = client("servicediscovery").create_http_namespace(Name="mesh")
        operation = client("servicediscovery").get_operation(OperationId=namespace["OperationId"])
        self.registry = client("servicediscovery").create_service(
            Name="api", NamespaceId=operation["Operation"]["Targets"]["NAMESPACE"]
        )["Service"]["Id"]
        self._scale()

    def _scale(self):
        autoscaling = self.client("application-autoscaling")
        told = {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/main/api",
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        autoscaling.register_scalable_target(**told, MinCapacity=2, MaxCapacity=8)
        autoscaling.put_scaling_policy(
            **told,
            PolicyName="cpu",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 70.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        )

    def run(self):
        """What a stage does with it: a task that is registered, seen, measured, and logs."""
        task = self.ecs.run_task(
            cluster="main",
            taskDefinition="api",
            group="service:api",
            launchType="FARGATE",
            networkConfiguration=self.network,
        )["tasks"][0]
        task_id = task["taskArn"].rpartition("/")[2]
        address = next(
            one["value"] for one in task["attachments"][0]["details"] if one["name"] == "privateIPv4Address"
        )
        self.client("elbv2").register_targets(
            TargetGroupArn=self.group, Targets=[{"Id": address, "Port": 8080}]
        )
        self.reporter.target_health(self.group, {(address, 8080): TargetHealth("healthy")})
        self.client("servicediscovery").register_instance(
            ServiceId=self.registry, InstanceId=task_id, Attributes={"AWS_INSTANCE_IPV4": address}
        )
        self.client("logs").create_log_stream(logGroupName="/api", logStreamName=f"app/api/{task_id}")
        self.reporter.service_event("main", "api", "has started 1 tasks", datetime.now(UTC))
        self.client("cloudwatch").put_metric_data(
            Namespace="AWS/ECS", MetricData=[{"MetricName": "CPUUtilization", "Value": 90.0}]
        )
        for alarm in self.client("cloudwatch").describe_alarms()["MetricAlarms"]:
            self.client("cloudwatch").set_alarm_state(
                AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="90 above 70"
            )

    def service(self):
        """The service as it is described."""
        return self.ecs.describe_services(cluster="main", services=["api"])["services"][0]


@pytest.fixture
def system(client, reporter):
    """GIVEN a system that is declared."""
    return System(client, reporter)


def restore():
    """Begin anew, as another process would, with a snapshot of what there is."""
    content = snapshot.dump()
    BackendDict.reset()
    snapshot.load(content)


def targets(client, system):
    """Addresses that are registered in the system's target group."""
    answer = client("elbv2").describe_target_health(TargetGroupArn=system.group)
    return [one["Target"]["Id"] for one in answer["TargetHealthDescriptions"]]


def test_what_is_declared_is_there_again(system, client):
    """As it was told, under the same names and ids."""

    def declared():
        return (
            client("ec2").describe_subnets(SubnetIds=[system.subnet])["Subnets"],
            client("elbv2").describe_target_groups()["TargetGroups"],
            client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")[
                "ScalingPolicies"
            ],
            client("logs").describe_log_groups()["logGroups"],
            client("servicediscovery").list_services()["Services"],
            {key: value for key, value in system.service().items() if key not in {"deployments", "events"}},
        )

    before = declared()

    restore()

    assert before == declared()


def test_nothing_is_there_of_what_ran(system, client):
    """Tasks, their addresses and registrations, logs, events, data and states of alarms."""
    system.run()

    restore()

    assert [] == system.ecs.list_tasks(cluster="main")["taskArns"]
    assert [] == client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    assert [] == targets(client, system)
    assert [] == client("servicediscovery").list_instances(ServiceId=system.registry)["Instances"]
    streams = client("logs").describe_log_streams(logGroupName="/api")["logStreams"]
    assert ["declared"] == [one["logStreamName"] for one in streams]
    assert [] == system.service()["events"]
    assert [] == client("cloudwatch").list_metrics()["Metrics"]
    assert [] == client("cloudwatch").describe_alarm_history()["AlarmHistoryItems"]
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {"INSUFFICIENT_DATA"} == {alarm["StateValue"] for alarm in alarms}
    assert all(alarm["StateUpdatedTimestamp"] > datetime.now(UTC) - timedelta(minutes=1) for alarm in alarms)


def test_a_service_deploys_anew(system, reporter):
    """What had completed before has still to be started here."""
    (before,) = system.service()["deployments"]
    reporter.rollout("main", "api", before["id"], "COMPLETED", "completed", 3)

    restore()

    (after,) = system.service()["deployments"]
    assert ("PRIMARY", "IN_PROGRESS", 0) == (after["status"], after["rolloutState"], after["failedTasks"])
    assert before["id"] != after["id"]
    assert before["taskDefinition"] == after["taskDefinition"]


def test_targets_that_are_no_tasks_stay(system, client):
    """Somebody has declared them."""
    client("elbv2").register_targets(TargetGroupArn=system.group, Targets=[{"Id": "10.20.1.200", "Port": 80}])
    system.run()

    restore()

    assert ["10.20.1.200"] == targets(client, system)


def test_what_belonged_together_still_does(system):
    """A policy's alarms are those of CloudWatch, and a backend finds the others."""
    restore()

    backends = in_use(applicationautoscaling_backends)
    alarms = [alarm for one in backends for policy in one.policies.values() for alarm in policy.alarms]
    known = [alarm for one in in_use(cloudwatch_backends) for alarm in one.alarms.values()]
    assert 2 == len(alarms)
    assert {id(alarm) for alarm in known} == {id(alarm) for alarm in alarms}
    system.run()
    (state,) = [backend.state for backend in in_use(ecs_backends) if backend.state.services]
    with state.lock:
        assert 1 == len(state.tasks)


def test_a_queue_is_empty_and_works(client):
    """Messages are no part of a snapshot; attributes and the way to the dead letters are."""
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    url = sqs.create_queue(QueueName="mail", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="before")

    restore()

    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="after")
    for _ in range(2):
        received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
    assert [] == received
    (message,) = sqs.receive_message(QueueUrl=dead)["Messages"]
    assert "after" == message["Body"]
    queues = next(one.queues for one in in_use(sqs_backends) if one.queues)
    assert queues["mail"].dead_letter_queue is queues["dead"]


def test_keys_and_secrets_are_there_again(client):
    """What was encrypted before can be read after."""
    kms, ssm, secrets = client("kms"), client("ssm"), client("secretsmanager")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    signing = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    rule = {"SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256", "MessageType": "RAW"}
    ciphertext = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    signature = kms.sign(KeyId=signing, Message=b"said", **rule)["Signature"]
    ssm.put_parameter(Name="limit", Value="7", Type="String")
    secrets.create_secret(Name="keys", SecretString="hidden")

    restore()

    assert b"secret" == kms.decrypt(CiphertextBlob=ciphertext)["Plaintext"]
    assert kms.verify(KeyId=signing, Message=b"said", Signature=signature, **rule)["SignatureValid"]
    assert "7" == ssm.get_parameter(Name="limit")["Parameter"]["Value"]
    assert "hidden" == secrets.get_secret_value(SecretId="keys")["SecretString"]
    # The default of its dictionaries is a function of moto's own.
    ssm.put_parameter(Name="another", Value="8", Type="String")
