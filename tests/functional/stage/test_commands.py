"""Every command from another terminal, on one stage of the small system."""

import json
import os
import signal
import smtplib
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from stage.control_plane.aws import Aws
from stage.host.addresses import loopback_of
from stage.host.record import find_stage
from tests.functional.stage.small_system.traces import SERVICES, files, needs_terraform, processes
from tests.functional.stage.small_system.up import ROOT, Up
from tests.functional.stage.test_main import free_port
from tests.unit.test_readme import stage_commands
from tests.waiting import LONG, START, eventually

pytestmark = needs_terraform

NAME = "by-hand"
SMALL_SERVICE = SERVICES / "small_service"


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    """GIVEN a stage that is up in another terminal."""
    up = Up(tmp_path_factory.mktemp("stage"), "--name", NAME, "--port", free_port())
    try:
        up.wait_for("no load balancer")
        yield up
    finally:
        up.close()


@pytest.fixture(scope="module")
def record(up):
    """GIVEN what the stage has recorded of itself."""
    return find_stage(NAME, up.folder)


@pytest.fixture(scope="module")
def aws(record):
    """GIVEN clients for its AWS."""
    access = record.access
    return Aws(access.endpoint_url, access.sqs_endpoint_url, access.region)


@pytest.fixture
def start(up):
    """Starts a command in another terminal."""
    started = []

    def begin(*arguments, name=NAME):
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "stage", *arguments, "--name", name],
                cwd=ROOT,
                env=os.environ | {"TMPDIR": str(up.folder)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture
def call(start):
    """Runs a command; gives its exit status, its standard output and its standard error."""

    def run(*arguments, **how):
        process = start(*arguments, **how)
        out, err = process.communicate(timeout=START)
        return process.returncode, out, err

    return run


@pytest.fixture
def told(call):
    """Runs a command that has to succeed; gives its answer as a program gets it."""

    def run(*arguments):
        status, out, err = call(*arguments, "--json")
        assert (0, "") == (status, err)
        return json.loads(out)

    return run


def followed(process, text):
    """The first line of a command that follows in which a text stands."""
    return next(line for line in process.stdout if text in line)


def interrupted(process):
    """Exit status and standard error of a command after Ctrl-C."""
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=START)
    return process.returncode, err


def send(record, subject):
    """Have the stage's SMTP server take a mail."""
    host, port = record.access.smtp_address.split(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.sendmail("a@example.com", ["b@example.com"], f"Subject: {subject}\r\n\r\nHello\r\n")


def running(told):
    """Tasks of the service that run, once that are as many as are desired."""

    def steady():
        (service,) = told("status")["services"]
        return service if service["running"] == service["desired"] and not service["pending"] else None

    return eventually(steady, LONG)


def test_status(told, up, record):
    """The service has its counts; where everything is found is the record's."""
    status = told("status")

    assert (NAME, up.pid, "no load balancer") == (status["name"], status["pid"], status["url"])
    assert [("small", 2, 2, "completed")] == [
        (service["name"], service["desired"], service["running"], service["rollout"])
        for service in status["services"]
    ]
    assert record.access.endpoint_url == status["environment"]["AWS_ENDPOINT_URL"]


def test_status_for_a_person(call):
    """Lines without frames, since this is no terminal."""
    status, out, err = call("status")

    assert (0, "") == (status, err)
    assert ["small", "2", "2"] == next(line for line in out.splitlines() if line.startswith("small")).split()[
        :3
    ]


def test_logs_of_all_tasks(call, start):
    """Both tasks have said that they listen; who follows sees what is said next, and ends it by Ctrl-C."""
    _, out, err = call("logs", "small")
    said = [line for line in out.splitlines() if line.endswith(" | listening")]
    process = start("logs", "small", "-f")

    assert "" == err
    assert 2 == len({line.partition(" | ")[0] for line in said})
    assert followed(process, "listening")
    assert (0, "") == interrupted(process)


def test_mails(call, start, record):
    """What the SMTP server took is shown, and followed."""
    process = start("mails", "-f")
    send(record, "By hand")

    assert "b@example.com  By hand" in followed(process, "By hand")
    assert (0, "") == interrupted(process)
    assert "b@example.com  By hand" in call("mails")[1]


def test_kill_and_events(aws, told, start):
    """A killed task's process is gone at once, another takes its place, and events tell it."""
    before = aws.ecs.list_tasks(cluster="small")["taskArns"]
    process = start("events", "-f")
    followed(process, "has started")

    killed = told("kill", before[0].rpartition("/")[2][:12])

    assert before[0].endswith(killed["task"])
    assert "small" == killed["service"]
    eventually(lambda: not psutil.pid_exists(killed["pid"]), LONG)
    assert "has started" in followed(process, "has started")
    assert (0, "") == interrupted(process)
    (stopped,) = aws.ecs.describe_tasks(cluster="small", tasks=before[:1])["tasks"]
    assert 137 == stopped["containers"][0]["exitCode"]
    assert 2 == running(told)["running"]


def test_scale(aws, call, told):
    """The service gets as many tasks; what autoscaling will not leave is warned of."""
    # A target that has just been registered brings the service into its bounds, whoever scales beside it.
    aws.autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/small/small",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=3,
        MaxCapacity=4,
    )
    eventually(lambda: told("status")["services"][0]["desired"] == 3, LONG)

    status, out, err = call("scale", "small", "1")

    assert (0, "small: desired 3 → 1\n") == (status, out)
    assert "below autoscaling's minimum of 3" in err
    assert 1 == running(told)["running"]


def test_alarms(aws, told):
    """An alarm has its state and its reason."""
    aws.cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="Shop",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    aws.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="by hand")

    # The stage evaluates it as well.
    assert "errors" in [alarm["name"] for alarm in told("alarms")]


def running_task(aws):
    """Id of a task that runs."""

    def first():
        arns = aws.ecs.list_tasks(cluster="small")["taskArns"]
        tasks = aws.ecs.describe_tasks(cluster="small", tasks=arns)["tasks"] if arns else []
        return next((task["taskArn"] for task in tasks if task["lastStatus"] == "RUNNING"), None)

    return eventually(first, LONG).rpartition("/")[2]


@pytest.mark.parametrize("command", [one for one in stage_commands() if one != ["down"]], ids=" ".join)
def test_what_the_readme_shows_runs(aws, record, start, command):
    """With the small system's own service and one of its tasks; `down` is the last test's."""
    send(record, "for README")
    own = {"notification-api": "small", "email-sender": "small", "TASK": running_task(aws)}
    own |= {f"{name}:1.1.0": "small-service:1.1.0" for name in ("notification-api", "email-sender")}
    own |= {f"services/{name}": str(SMALL_SERVICE) for name in ("notification_api", "email_sender")}
    process = start(*(own.get(word, word) for word in command))

    assert command == ["open"] or process.stdout.readline()
    if "-f" in command:
        assert (0, "") == interrupted(process)
    else:
        _, err = process.communicate(timeout=START)
        refused = (2, "stage: this stage has no API that wants a key: no load balancer\n")
        assert (process.returncode, err) == (refused if command == ["open"] else (0, err))


def answer_of(url, authorization=""):
    """JSON that is answered at an address."""
    with urllib.request.urlopen(
        urllib.request.Request(url, headers={"Authorization": authorization})
    ) as answer:
        return json.loads(answer.read())


def test_keys_of_a_task_are_shown_to_it_alone(aws, record, call, told):
    """Neither by `status` nor in a file of the stage; they end with the task."""
    (service,) = aws.ecs.describe_services(cluster="small", services=["small"])["services"]
    arn = aws.ecs.run_task(
        cluster="small",
        taskDefinition=service["taskDefinition"],
        launchType="FARGATE",
        networkConfiguration=service["networkConfiguration"],
        overrides={"taskRoleArn": "arn:aws:iam::123456789012:role/small"},
    )["tasks"][0]["taskArn"]

    def task(status):
        (task,) = aws.ecs.describe_tasks(cluster="small", tasks=[arn])["tasks"]
        return task if task["lastStatus"] == status else None

    details = eventually(lambda: task("RUNNING"), LONG)["attachments"][0]["details"]
    (eni,) = (one["value"] for one in details if one["name"] == "privateIPv4Address")
    found = eventually(lambda: _environment(loopback_of(record.access.block, eni)), LONG)
    given = answer_of(found["AWS_CONTAINER_CREDENTIALS_FULL_URI"], found["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    its = aws.acting_as(Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["Token"]))
    # Whose they are is known, and the role allows nothing.
    for ask in (its.sqs.list_queues, its.ecs.list_clusters):
        with pytest.raises(ClientError, match=r"assumed-role/small/.* is not authorized to perform"):
            ask()

    told("kill", arn.rpartition("/")[2])
    eventually(lambda: task("STOPPED"), LONG)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        its.sqs.list_queues()
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        its.ecs.list_clusters()
    shown = "".join(call("status", *how)[1] for how in ((), ("--json",))).encode()
    folder = Path(record.access.mail_log).parent
    # Terraform's providers, of which there are hundreds of MiB, were there before.
    written = [*folder.glob("*"), *(folder / "logs").rglob("*"), *(folder / "tasks").rglob("*")]
    shown += b"".join(path.read_bytes() for path in written if path.is_file())
    secrets = [given[name] for name in ("AccessKeyId", "SecretAccessKey", "Token")]
    assert not [
        one for one in (*secrets, found["AWS_CONTAINER_AUTHORIZATION_TOKEN"]) if one.encode() in shown
    ]
    assert not {*secrets} & {*found.values()}


def _environment(address):
    """The environment of a task of the small service, once it answers."""
    try:
        return answer_of(f"http://{address}:8080/")
    except OSError:
        return None


def test_open(call):
    """Without an API there is no page."""
    assert (2, "", "stage: this stage has no API that wants a key: no load balancer\n") == call("open")


@pytest.mark.parametrize("command", [("status",), ("logs", "small", "-f"), ("down",)])
def test_a_stage_of_another_name(call, command):
    """There is none, and the line says which there is."""
    expected = f"stage: no stage named 'other' is up: there is --name {NAME}\n"

    assert (69, "", expected) == call(*command, name="other")


def test_what_a_reader_does_not_want_is_no_error(start):
    """`head` reads a line and goes."""
    process = start("logs", "small", "-f")
    process.stdout.readline()
    process.stdout.close()

    assert process.poll() is None or process.returncode == 0


def test_down(call, up, start):
    """It is gone when the command says so, who followed it is told, and nothing is left."""
    process = start("events", "-f")
    followed(process, "has started")

    status, out, err = call("down")

    # The process that has started the stage has not taken notice of its end yet, and need not.
    assert (0, f"the stage '{NAME}' is down\n", "") == (status, out, err)
    assert 0 == up.ended()
    assert [] == [*files(up.folder), *processes(up.folder)]
    _, told = process.communicate(timeout=START)
    assert (69, f"stage: the stage '{NAME}' has gone\n") == (process.returncode, told)
    assert (69, "") == call("down")[:2]
