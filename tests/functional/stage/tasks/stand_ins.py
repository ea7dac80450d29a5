"""Stand-ins for what an agent talks to; all of them write into one journal."""

import threading
import time
from dataclasses import dataclass

from stage.tasks.credentials import TaskCredentials
from tests.waiting import START, eventually

CLUSTER = "demo-cluster"
_DEFINITION_ARN = "arn:aws:ecs:eu-central-1:123456789012:task-definition/demo:1"


@dataclass(frozen=True)
class Observed:
    """A task as a scheduler sees it."""

    task_arn: str
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"


class Journal:
    """What happened, in order."""

    def __init__(self):
        self._entries = []
        self._lock = threading.Lock()

    def add(self, what, **details):
        """Note that something happened now."""
        with self._lock:
            self._entries.append((what, time.monotonic(), details))

    def words(self):
        """What happened, in order."""
        with self._lock:
            return [what for what, _, _ in self._entries]

    def time_of(self, what):
        """When it happened first."""
        return next(moment for one, moment, _ in self._entries if one == what)

    def wait_for(self, what, task=None):
        """Wait until it has happened, to this task or to any; gives what was noted with it."""
        return eventually(lambda: self._noted(what, task), START)[0]

    def _noted(self, what, task):
        with self._lock:
            noted = [details for one, _, details in self._entries if one == what]
        return [details for details in noted if task in {None, details.get("task")}]


class Ecs:
    """The part of ECS that an agent talks to; state changes go to the journal."""

    def __init__(self, journal):
        self._journal = journal
        self.definition = None
        self.service = {"serviceName": "web", "loadBalancers": [], "serviceRegistries": []}
        self.addresses = {}

    def describe_tasks(self, cluster, tasks):
        """Tasks of one service, with an address each."""
        return {
            "tasks": [
                {
                    "taskArn": arn,
                    "taskDefinitionArn": _DEFINITION_ARN,
                    "group": "service:web",
                    "availabilityZone": "eu-central-1a",
                    "attachments": [
                        {"details": [{"name": "privateIPv4Address", "value": self.addresses[arn]}]}
                    ],
                }
                for arn in tasks
                if cluster == CLUSTER
            ]
        }

    def describe_task_definition(self, taskDefinition):  # noqa: N803 - as boto3 has it
        """The one task definition."""
        assert _DEFINITION_ARN == taskDefinition
        return {"taskDefinition": self.definition}

    def describe_services(self, cluster, services):
        """The one service."""
        assert (CLUSTER, ["web"]) == (cluster, services)
        return {"services": [self.service]}

    def submit_task_state_change(self, cluster, task, status, **rest):
        """Note a state under its own name."""
        assert CLUSTER == cluster
        self._journal.add(status, task=task, **rest)


class Quota:
    """A quota that only remembers."""

    method = "none"

    def __init__(self, journal):
        self.journal = journal

    def attach(self, pid, cores):
        """Note the quota."""
        self.journal.add("attach", pid=pid, cores=cores)

    def release(self, pid):
        """Note the end of the quota."""
        self.journal.add("release", pid=pid)

    def protect(self, pid):
        """Nothing to protect from."""

    def close(self):
        """Nothing to close."""


class Reporter:
    """Takes health reports into the journal."""

    def __init__(self, journal):
        self._journal = journal

    def task_health(self, cluster, task_arn, status):
        """Note a health status under its own name."""
        assert CLUSTER == cluster
        self._journal.add(status, task=task_arn)

    def spot_interruption(self, cluster, task_arn):
        """Note that a task is taken back."""
        assert CLUSTER == cluster
        self._journal.add("taken back", task=task_arn)


class Credentials:
    """Credentials of roles that nobody checks."""

    def environment(self, task_id, role_arn):
        """One variable that says whom it is for."""
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{task_id} {role_arn}"} if role_arn else {}

    def of_agent(self, _task_id, role_arn):
        """Those of an execution role."""
        return TaskCredentials("", []).of_agent("", role_arn)

    def end(self, task_id):
        """Nobody keeps any."""


class Images:
    """Images of a working tree, which take no rights."""

    def __init__(self, tree):
        self._tree = tree

    def pull(self, image, _ecr):
        """Find one by its name."""
        return self._tree.pull(image)


class Routing:
    """A load balancer that lets go at once and notes what it is told."""

    def __init__(self, journal):
        self._journal = journal
        self.may_let_go = threading.Event()
        self.may_let_go.set()

    def expect(self, address):
        """Nothing was said of it before."""

    def wake(self):
        """Note that targets were registered."""
        self._journal.add("wake")

    def retire(self, address, given_up):
        """Let go as soon as the test allows it."""
        self._journal.add(f"retire {address}")
        eventually(lambda: self.may_let_go.is_set() or given_up())
        self._journal.add(f"retired {address}")

    def drop(self, address):
        """Note the end of a process."""
        self._journal.add(f"gone {address}")
