"""System under load, on the stage or in an AWS account, told apart nowhere else."""

import json
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import boto3

from verify.aws_time import MINUTE, AwsTime
from verify.bounds import Bounds, require_environment
from verify.errors import LoadError
from verify.load_tasks import LoadGenerator
from verify.process_clocks import read_clocks
from verify.process_resources import read_resources
from verify.record import Calls, Handled, ProcessCpu, Resources
from verify.request_log import handled_in
from verify.rights.ask import decided, roles
from verify.rights.observed import Decision, Role
from verify.toxics import Dependency, Toxic

# A task's own start takes as long on a stage as anywhere, however short a minute is there.
_TASK_START_SECONDS = 15.0
_TASK_START_MINUTES = 5.0
# One stage vCPU is four tenths of a core, so a task on Fargate carries about as many times more.
_FARGATE_LOAD_FACTOR = 2.5
# Of one vCPU (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size).
_CPU_UNITS = 1024
_BOUNDS = Bounds()


@dataclass(frozen=True)
class Releases:
    """Place where versions are made and released.

    Attributes:
        environment: Name of the environment.
        folder: Its root module, initialised, with its variables as `*.auto.tfvars`.
        aws: Environment variables that lead to its AWS, as its administrator: to compare keys that Terraform
            has written, the provider reads them, which the role that looks for drift may not.
        deploying: The same for whoever deploys, with keys that are new.
        services: Folder with a folder of each service.
        build: Makes an image, such as `notification-api:1.1.0`, of a service's folder.
    """

    environment: str
    folder: Path
    aws: Mapping[str, str]
    deploying: Callable[[], Mapping[str, str]]
    services: Path
    build: Callable[[str, Path], object]


def _protect_nothing(_pid: int) -> None:
    """Do nothing: on AWS the load generator shares its machine with none of the tasks."""


@dataclass(frozen=True)
class Target:
    """A deployed system, and the ways to look at it and to hurt it.

    Attributes:
        name: "stage" or "aws".
        url: Where the load balancer answers.
        api_key: What the Notification API is called with; never shown.
        region: AWS region.
        cluster: ECS cluster name.
        api_service: ECS service behind the load balancer.
        sender_service: ECS service that reads the queue.
        queue_name: SQS queue between them.
        dead_letter_queue_name: Where messages end that cannot be processed.
        ledger_table: DynamoDB table that knows what became of each notification.
        read_clock: Tells the relation of AWS time to real time at the moment.
        ecs, elbv2, cloudwatch, autoscaling, sqs, dynamodb: boto3 clients.
        limited_api_key: Key of another client, who may ask seldom; empty where there is none; never shown.
        limited_rate: Requests a second that this client may make at each task.
        load_factor: By what the scenarios' request rates are multiplied.
        workers: Processes of Locust that make the load, led by a master; 0 or 1 is one that does both.
        slowness: Real time that a task's own start and work take here, as a multiple of what they take
            on the machine that the scenarios' budgets were chosen on.
        slow_down: Makes AWS minutes last so many times as long from now on; None where nobody can.
        metric_delay_minutes: Minutes by which a datapoint may come late to the autoscaler.
        host_namespace: CloudWatch namespace in which the host of the tasks reports on itself.
        mail_log: JSON lines, one a delivered mail; None where the mailbox is out of sight.
        kill_task: Sends SIGKILL to a task's process; None where nobody can.
        signal_task: Sends another signal to all processes of a task; None where nobody can.
        exhaust_memory: Makes a task use more memory than it has; None where nobody can.
        take_back: Takes a task back as Fargate Spot does; None where nobody can.
        disturb: Makes a dependency have these faults from now on, none to heal it; None where nobody can.
        read_calls: Calls of each dependency by the tasks, by second; None where nobody counts them.
        read_handled: Requests as they were sent to the API's tasks; None where nobody can see that.
        read_process_cpu: CPU time of all running tasks by the kernel's clocks; None where nobody can.
        addresses_of: Where the tasks of a service listen that is called so; None where nobody can reach them.
        read_resources: What the processes of all running tasks hold; None where nobody can see them.
        load_generator: Tasks of ECS that make the load; None where Locust does it on this machine.
        ssm, logs: boto3 clients, of use where such tasks make it.
        bounds: The most that a load may be; None where it hurts nobody.
        protect: Keeps a local process from being starved by the tasks.
        read_rights: Decisions on calls of roles since the beginning; None where nobody tells.
        read_roles: Roles that there are, with their policies; None where nobody tells.
        plan_changes: Addresses that a new plan would change; None where no plan can be made.
        canary_target_group: ARN of the canary's target group, which is there without a canary, too.
        releases: Where versions are made, and released; None where nobody can.
    """

    name: str
    url: str
    api_key: str = field(repr=False)
    region: str
    cluster: str
    api_service: str
    sender_service: str
    queue_name: str
    dead_letter_queue_name: str
    ledger_table: str
    read_clock: Callable[[], AwsTime]
    ecs: Any
    elbv2: Any
    cloudwatch: Any
    autoscaling: Any
    sqs: Any
    dynamodb: Any
    limited_api_key: str = field(default="", repr=False)
    limited_rate: float = 0.0
    load_factor: float = 1.0
    workers: int = 0
    slowness: float = 1.0
    slow_down: Callable[[float], None] | None = None
    metric_delay_minutes: int = 1
    host_namespace: str | None = None
    mail_log: Path | None = None
    kill_task: Callable[[str], None] | None = None
    signal_task: Callable[[str, signal.Signals], None] | None = None
    exhaust_memory: Callable[[str], None] | None = None
    take_back: Callable[[str], None] | None = None
    disturb: Callable[[Dependency, Sequence[Toxic]], None] | None = None
    read_calls: Callable[[], Sequence[Calls]] | None = None
    read_handled: Callable[[], Sequence[Handled]] | None = None
    read_process_cpu: Callable[[], Sequence[ProcessCpu]] | None = None
    addresses_of: Callable[[str], Sequence[tuple[str, int]]] | None = None
    read_resources: Callable[[], Sequence[Resources]] | None = None
    load_generator: LoadGenerator | None = None
    ssm: Any = None
    logs: Any = None
    bounds: Bounds | None = None
    protect: Callable[[int], None] = field(default=_protect_nothing)
    read_rights: Callable[[], Sequence[Decision]] | None = None
    read_roles: Callable[[], Sequence[Role]] | None = None
    plan_changes: Callable[[], list[str]] | None = None
    canary_target_group: str = ""
    releases: Releases | None = None

    @property
    def clock(self) -> AwsTime:
        """Relation of AWS time to real time at the moment."""
        return self.read_clock()

    @property
    def task_budget_seconds(self) -> float:
        """Real seconds within which a task must be started and healthy, or stopped.

        Five AWS minutes for what AWS paces (provisioning, health checks, draining), and what a process
        takes for itself.
        """
        return self.clock.seconds(_TASK_START_MINUTES) + self.slowness * _TASK_START_SECONDS


def from_stage(stage: Any) -> Target:
    """The target that a `stage.stage.Stage` is, once it is up."""
    aws = stage.aws
    return Target(
        name="stage",
        **_names(stage.outputs) | {"url": stage.url},
        api_key=stage.api_key,
        limited_api_key=stage.limited_api_key,
        limited_rate=stage.limited_rate,
        read_clock=lambda: _time_of(stage.clock.pace),
        ecs=aws.ecs,
        elbv2=aws.elbv2,
        cloudwatch=aws.cloudwatch,
        autoscaling=aws.autoscaling,
        sqs=aws.sqs,
        dynamodb=aws.dynamodb,
        load_factor=stage.fit.load_factor,
        slowness=stage.fit.slowness,
        slow_down=lambda factor: stage.clock.slow_down(factor * stage.clock.minute_seconds),
        host_namespace="Stage/Host",
        # An alarm is evaluated once its newest datapoint is there, within the minute that follows.
        metric_delay_minutes=stage.lags.of("AWS/ECS") // MINUTE + 1,
        mail_log=stage.mail_log,
        kill_task=stage.kill_task,
        disturb=lambda dependency, toxics: stage.disturb(dependency, [asdict(toxic) for toxic in toxics]),
        read_calls=lambda: [
            Calls(dependency, second, count)
            for dependency, seconds in stage.calls().items()
            for second, count in sorted(seconds.items())
        ],
        signal_task=stage.signal_task,
        exhaust_memory=stage.exhaust_memory,
        take_back=stage.take_back,
        read_handled=lambda: handled_in(stage.attempts).all(),
        read_process_cpu=_process_cpu_of(stage),
        addresses_of=lambda service: _addresses(stage, service),
        read_resources=lambda: read_resources(stage.running_tasks()),
        protect=stage.protect,
        read_rights=lambda: decided(aws.location()),
        read_roles=lambda: tuple(roles(aws.iam)),
        plan_changes=stage.plan_changes,
        releases=Releases(
            environment=str(stage.outputs["environment"]),
            folder=stage.copy,
            aws=stage.aws.environment(),
            deploying=stage.deploying,
            services=stage.services_root,
            build=stage.build_image,
        ),
    )


def from_outputs(
    outputs_file: Path, api_key: str = "", workers: int | None = None, bounds: Bounds = _BOUNDS
) -> Target:
    """The target that `terraform output -json` describes, reached with the caller's AWS credentials.

    Args:
        outputs_file: What `terraform output -json` printed.
        api_key: A client's key for the Notification API, with a rate limit above the load; not asked for
            where tasks of ECS make the load, which have one of their own.
        workers: How many tasks of ECS make the load; 0 or 1 has this machine make it, None takes as many as
            were declared, if any.
        bounds: The most that a load may be.

    Raises:
        LoadError: The file is not what `terraform output -json` prints for this root module, the environment
            is none that may be loaded, or there is nothing that could make the load.
    """
    try:
        outputs = {name: output["value"] for name, output in json.loads(outputs_file.read_text()).items()}
        names = _names(outputs)
        environment = str(outputs["environment"])
        # Terraform leaves out what is null.
        declared = outputs.get("load_generator")
        generator = None if declared is None else LoadGenerator(**declared)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(
            f"--outputs {outputs_file}: write it with `terraform output -json` in terraform/ ({error!r})"
        ) from error
    require_environment(environment)
    count = workers if workers is not None else (0 if generator is None else generator.workers)
    if count > 1 and generator is None:
        raise LoadError("--workers wants tasks of ECS: apply with load_generator = { workers = N } first")
    if count <= 1 and not api_key:
        raise LoadError(
            "LOAD_API_KEY is missing in the environment: a key that the Notification API knows, as "
            "<client id>.<key>, of a client whose rate limit is above the load"
        )
    session = boto3.Session(region_name=names["region"])
    return Target(
        name="aws",
        **names,
        api_key=api_key,
        read_clock=AwsTime,
        ecs=session.client("ecs"),
        elbv2=session.client("elbv2"),
        cloudwatch=session.client("cloudwatch"),
        autoscaling=session.client("application-autoscaling"),
        sqs=session.client("sqs"),
        dynamodb=session.client("dynamodb"),
        load_factor=_FARGATE_LOAD_FACTOR,
        workers=count,
        load_generator=generator if count > 1 else None,
        ssm=session.client("ssm"),
        logs=session.client("logs"),
        bounds=bounds,
        # Datapoints of ECS services are there a minute or two after their minute.
        metric_delay_minutes=3,
    )


def _time_of(pace: Any) -> AwsTime:
    return AwsTime(pace.minute_seconds, pace.since, pace.since_unix)


def _process_cpu_of(stage: Any) -> Callable[[], Sequence[ProcessCpu]]:
    """Reader of all tasks' clocks, held against what ECS says that a task reserves."""
    allowed: dict[str, float] = {}

    def read() -> Sequence[ProcessCpu]:
        if not allowed:
            cluster, ecs = stage.outputs["cluster_name"], stage.aws.ecs
            names = [stage.outputs[name]["service_name"] for name in ("notification_api", "email_sender")]
            for service in ecs.describe_services(cluster=cluster, services=[*names])["services"]:
                definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
                vcpus = int(definition["taskDefinition"]["cpu"]) / _CPU_UNITS
                allowed[service["serviceName"]] = vcpus * stage.fit.vcpu_cores
        return read_clocks(stage.running_tasks(), allowed)

    return read


def _addresses(stage: Any, service: str) -> Sequence[tuple[str, int]]:
    """Addresses and ports at which the tasks of a service behind a load balancer listen on this machine."""
    found = [task.address for task in stage.running_tasks() if task.service == service]
    # A service that is not there has none, and ECS refuses to describe it.
    if not found:
        return []
    (described,) = stage.aws.ecs.describe_services(cluster=stage.outputs["cluster_name"], services=[service])[
        "services"
    ]
    return [(address, described["loadBalancers"][0]["containerPort"]) for address in found]


def _names(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": outputs["url"],
        "region": outputs["aws_region"],
        "cluster": outputs["cluster_name"],
        "api_service": outputs["notification_api"]["service_name"],
        "sender_service": outputs["email_sender"]["service_name"],
        "queue_name": outputs["queue_name"],
        "dead_letter_queue_name": outputs["dead_letter_queue_name"],
        "ledger_table": outputs["ledger_table_name"],
        "canary_target_group": outputs["canary"]["target_group_arn"],
    }
