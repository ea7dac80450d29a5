"""A made-up AWS with one thing in it: a fleet that follows its load as target tracking would have it.

It stands in for both the stage and an account, so that observer, scenarios and verdict can be proved
together in seconds. What it knows of autoscaling is written down here a second time, and simply.
"""

import json
import math
import threading
import time
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tests.unit.in_pages import InPages, page
from tests.waiting import SOON
from verify.aws_time import MINUTE, AwsTime
from verify.target import Target

API, SENDER = "notification-api", "email-sender"
# Until health checks have found that a task hangs; one that is killed before is lost by that.
_NOTICED_SECONDS = 0.2


class FakeSystem(InPages):
    """Two services behind boto3-shaped clients; every call first brings the fleet up to date.

    Args:
        url: Where the load goes.
        mail_log: Where `deliver` writes.
        minute_seconds: Real seconds a minute.
        requests_a_task: Requests a second that saturate one task.
        target_percent: What the policy tracks.
    """

    def __init__(
        self,
        url: str,
        mail_log: Path,
        minute_seconds: float = 0.25,
        requests_a_task: float = 20.0,
        target_percent: float = 70.0,
    ) -> None:
        self.clock = AwsTime(minute_seconds, AwsTime().now())
        self.url, self.mail_log = url, mail_log
        self.target_percent = target_percent
        self.requests_a_task = requests_a_task
        self._lock = threading.RLock()
        self._died = threading.Condition(self._lock)
        self._arrivals: list[float] = []
        self._minute = self.clock.now().replace(second=0, microsecond=0)
        self._cpu: list[tuple[datetime, float]] = []
        self._activities: list[dict] = []
        self._cooling_until = self._minute
        self._numbers = iter(range(1000, 10000))
        self.tasks = {API: [self._new(API) for _ in range(2)], SENDER: [self._new(SENDER)]}
        self.lost: list[tuple[str, str]] = []
        self.signals: list[tuple[str, int]] = []
        self._hung: dict[str, float] = {}
        self._in_flight = 0
        self.alarm_history: list[dict] = []

    def deliver(self, id_: str, body: bytes) -> None:
        """Accept a request: its mail is there at once, and says what was asked for.

        Raises:
            ConnectionAbortedError: The task that it was in flight at is no more.
        """
        with self._lock:
            if self._in_flight:
                self._in_flight -= 1
                self._died.notify_all()
                raise ConnectionAbortedError("the task was killed")
            self._arrivals.append(time.time())
            asked = json.loads(body)
            mail = EmailMessage()
            mail["Subject"] = asked["subject"]
            mail.set_content(asked["body"])
            line = {
                "received_at": time.time(),
                "notification_id": id_,
                "recipient": asked["recipient"],
                "content": mail.as_bytes(policy=SMTP).decode("latin-1"),
            }
            with self.mail_log.open("a") as log:
                log.write(json.dumps(line) + "\n")

    def target(self) -> Target:
        """This system as the load layer sees it."""
        return Target(
            name="fake",
            url=self.url,
            api_key="fake.key",
            region="eu-west-1",
            cluster="notifications",
            api_service=API,
            sender_service=SENDER,
            queue_name="queue",
            dead_letter_queue_name="dead",
            ledger_table="ledger",
            read_clock=lambda: self.clock,
            ecs=self,
            elbv2=self,
            cloudwatch=self,
            autoscaling=self,
            sqs=self,
            dynamodb=self,
            mail_log=self.mail_log,
            kill_task=self.kill_task,
            signal_task=self.signal_task,
            exhaust_memory=lambda arn: self.lose("out of memory", arn),
            take_back=lambda arn: self.lose("Spot interruption", arn),
            plan_changes=self.plan_changes,
        )

    def plan_changes(self) -> list[str]:
        """What is declared still is so."""
        return []

    def kill_task(self, arn: str) -> None:
        """Replace a task at once; under load, one that answers requests takes the next one with it."""
        with self._lock:
            if arn in self.tasks[API] and self._arrivals:
                self._in_flight += 1
                self._died.wait_for(lambda: not self._in_flight, SOON)
        self.lose("SIGKILL", arn)

    def signal_task(self, arn: str, number: int) -> None:
        """Have a task hang: its health checks fail in a moment."""
        with self._lock:
            self.signals.append((arn, number))
            self._hung[arn] = time.monotonic() + _NOTICED_SECONDS

    def stop_task(self, *, task: str, **_) -> None:
        """Replace a task at once."""
        self.lose("ecs.stop_task", task)

    def lose(self, how: str, arn: str) -> None:
        """Replace a task at once, and note how it was lost."""
        with self._lock:
            for name, tasks in self.tasks.items():
                if arn in tasks:
                    self.lost.append((how, arn))
                    tasks[tasks.index(arn)] = self._new(name)

    def describe_services(self, *, services: list[str], **_) -> dict:
        """Counts: what is wanted runs at once."""
        self._catch_up()
        counted = {name: len(self.tasks[name]) for name in services}
        return {
            "services": [
                {"serviceName": name, "desiredCount": count, "runningCount": count, "pendingCount": 0}
                | {"taskDefinition": f"{name}:1"}
                | {"loadBalancers": [{"targetGroupArn": "group"}] if name == API else []}
                for name, count in counted.items()
            ]
        }

    def describe_task_definition(self, **_) -> dict:
        """One container, which sends two mails at a time."""
        environment = [{"name": "CONCURRENCY", "value": "2"}]
        return {"taskDefinition": {"containerDefinitions": [{"environment": environment}]}}

    def list_tasks(self, *, serviceName: str, nextToken: str | None = None, **_) -> dict:  # noqa: N803 - boto3's names
        """ARNs of a service's tasks, a hundred at a time."""
        self._catch_up()
        return page("taskArns", self.tasks[serviceName], nextToken, 100)

    def describe_tasks(self, *, tasks: list[str], **_) -> dict:
        """Those that still run; a lost one is forgotten."""
        assert 0 < len(tasks) <= 100
        running = [arn for arn in tasks if any(arn in held for held in self.tasks.values())]
        status = {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"}
        return {"tasks": [{"taskArn": arn} | status for arn in running]}

    def describe_target_groups(self, **_) -> dict:
        """Behind one load balancer."""
        return {"TargetGroups": [{"LoadBalancerArns": ["balancer"]}]}

    def describe_load_balancer_attributes(self, **_) -> dict:
        """It closes idle connections after a minute."""
        return {
            "Attributes": [
                {"Key": "deletion_protection.enabled", "Value": "false"},
                {"Key": "idle_timeout.timeout_seconds", "Value": "60"},
            ]
        }

    def describe_target_health(self, **_) -> dict:
        """Every task is healthy."""
        healthy = {"TargetHealth": {"State": "healthy"}}
        return {"TargetHealthDescriptions": [healthy for _task in self.tasks[API]]}

    def get_queue_url(self, *, QueueName: str) -> dict:  # noqa: N803 - boto3's name
        """Its name will do."""
        return {"QueueUrl": QueueName}

    def receive_message(self, **_) -> dict:
        """No letter is dead."""
        return {}

    def get_queue_attributes(self, **_) -> dict:
        """Always empty."""
        return {
            "Attributes": {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}
        }

    def list_metrics(self, **_) -> dict:
        """The host tells nothing of itself."""
        return {"Metrics": []}

    def get_metric_data(self, *, MetricDataQueries: list[dict], StartTime: datetime, **_) -> dict:  # noqa: N803
        """CPU of the first service; the second idles at 10 %."""
        self._catch_up()
        points = [(minute, cpu) for minute, cpu in self._cpu if minute >= StartTime]
        return {
            "MetricDataResults": [
                {
                    "Id": query["Id"],
                    "Timestamps": [minute for minute, _ in points],
                    "Values": [10.0 if number else cpu for _, cpu in points],
                }
                for number, query in enumerate(MetricDataQueries)
            ]
        }

    def describe_alarm_history(self, **_) -> dict:
        """What a test says that happened."""
        return {"AlarmHistoryItems": self.alarm_history}

    def describe_scalable_targets(self, *, ResourceIds: list[str], **_) -> dict:  # noqa: N803 - boto3's name
        """2 to 4 tasks, and one."""
        bounds = (2, 4) if ResourceIds[0].endswith(API) else (1, 1)
        return {"ScalableTargets": [{"MinCapacity": bounds[0], "MaxCapacity": bounds[1]}]}

    def describe_scaling_policies(self, **_) -> dict:
        """One on CPU."""
        specification = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        configuration = {
            "TargetValue": self.target_percent,
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 240,
            "PredefinedMetricSpecification": specification,
        }
        return {
            "ScalingPolicies": [
                {
                    "PolicyName": "cpu",
                    "PolicyType": "TargetTrackingScaling",
                    "TargetTrackingScalingPolicyConfiguration": configuration,
                }
            ]
        }

    def describe_scaling_activities(self, *, ResourceId: str, **_) -> dict:  # noqa: N803 - boto3's name
        """Newest first, as AWS does."""
        self._catch_up()
        return {"ScalingActivities": self._activities[::-1] if ResourceId.endswith(API) else []}

    def _new(self, name: str) -> str:
        return f"arn:aws:ecs:eu-west-1:123456789012:task/notifications/{name}-{next(self._numbers)}"

    def _catch_up(self) -> None:
        with self._lock:
            for arn in [arn for arn, noticed in self._hung.items() if time.monotonic() >= noticed]:
                self.lose("SIGSTOP", arn)
                del self._hung[arn]
            while self._minute + MINUTE <= self.clock.now():
                self._close_minute()

    def _close_minute(self) -> None:
        start, end = self.clock.unix(self._minute), self.clock.unix(self._minute + MINUTE)
        rate = sum(start <= at < end for at in self._arrivals) / self.clock.minute_seconds
        running = len(self.tasks[API])
        self._cpu.append((self._minute, min(100.0, 100.0 * rate / self.requests_a_task / running)))
        self._minute += MINUTE
        self._scale(running)

    def _scale(self, running: int) -> None:
        newest = [cpu for _, cpu in self._cpu]
        wanted = min(4, max(2, math.ceil(running * newest[-1] / self.target_percent)))
        high = len(newest) >= 3 and min(newest[-3:]) > self.target_percent
        low = len(newest) >= 15 and max(newest[-15:]) < 0.9 * self.target_percent
        if self._minute < self._cooling_until or not (
            (high and wanted > running) or (low and wanted < running)
        ):
            return
        self._cooling_until = self._minute + MINUTE
        self.tasks[API] = [*self.tasks[API], *(self._new(API) for _ in range(wanted))][:wanted]
        self._activities.append(
            {
                "StartTime": self._minute,
                "EndTime": self._minute,
                "StatusCode": "Successful",
                "Description": f"Setting desired count to {wanted}.",
                "Cause": "monitor alarm in state ALARM triggered policy cpu",
            }
        )
