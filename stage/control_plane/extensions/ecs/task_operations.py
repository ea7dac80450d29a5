"""RunTask, StopTask, ListTasks, DescribeTasks and SubmitTaskStateChange."""

from typing import Any

from moto.ecs.exceptions import InvalidParameterException, ServiceNotFoundException
from moto.ecs.responses import EC2ContainerServiceResponse

from stage.control_plane.extensions.ecs import tasks
from stage.control_plane.extensions.ecs.state import Task, state_of
from stage.control_plane.extensions.ecs.wire import to_json

_FOREVER_STOPPED = "STOPPED"


def run_task(self: EC2ContainerServiceResponse) -> str:
    """Place tasks: PROVISIONING, meant to run, and left to whoever runs them."""
    request, backend = self._get_params(), self.ecs_backend
    state = state_of(backend)
    with state.lock:
        started = [tasks.create(backend, state, request) for _ in range(request.get("count") or 1)]
        return to_json({"tasks": started, "failures": []})


def describe_tasks(self: EC2ContainerServiceResponse) -> str:
    """Describe tasks; whatever is unknown comes back as a failure."""
    request, backend = self._get_params(), self.ecs_backend
    cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
    if not request.get("tasks"):
        raise InvalidParameterException("Tasks cannot be empty.")
    state = state_of(backend)
    found, failures = [], []
    with state.lock:
        for name in request["tasks"]:
            task = tasks.find(state, cluster.arn, name)
            if task is None:
                failures.append({"arn": name, "reason": "MISSING"})
            elif "TAGS" in (request.get("include") or []):
                found.append(task)
            else:
                found.append({key: value for key, value in task.items() if key != "tags"})
        return to_json({"tasks": found, "failures": failures})


def list_tasks(self: EC2ContainerServiceResponse) -> str:
    """List the tasks that match every given filter.

    Without `desiredStatus` those meant to run are listed:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
    """
    request, backend = self._get_params(), self.ecs_backend
    cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
    wanted = {"clusterArn": cluster.arn, "desiredStatus": request.get("desiredStatus") or "RUNNING"}
    if request.get("startedBy"):
        wanted["startedBy"] = request["startedBy"]
    state = state_of(backend)
    with state.lock:
        if request.get("serviceName"):
            name = request["serviceName"].rsplit("/", 1)[-1]
            if f"{cluster.name}:{name}" not in backend.services:
                raise ServiceNotFoundException
            wanted["group"] = f"service:{name}"
        listed = [
            arn
            for arn, task in state.tasks.items()
            if wanted.items() <= task.items() and _is_of_family(task, request.get("family"))
        ]
    return to_json({"taskArns": listed})


def stop_task(self: EC2ContainerServiceResponse) -> str:
    """Ask for a task to be stopped; it stops when whoever runs it says so."""
    request, backend = self._get_params(), self.ecs_backend
    cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
    state = state_of(backend)
    with state.lock:
        task = _existing(state, cluster.arn, request["task"])
        tasks.ask_to_stop(task, request.get("reason") or "Task stopped by user")
        return to_json({"task": task})


def submit_task_state_change(self: EC2ContainerServiceResponse) -> str:
    """Note what a task's agent says of it; a stopped task stays stopped."""
    request, backend = self._get_params(), self.ecs_backend
    cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
    state = state_of(backend)
    with state.lock:
        task = _existing(state, cluster.arn, request["task"])
        if task["lastStatus"] != _FOREVER_STOPPED:
            tasks.change_state(backend, state, task, request)
    return to_json({"acknowledgment": "ACCEPT"})


def _existing(state: Any, cluster_arn: str, name: str) -> Task:
    task = tasks.find(state, cluster_arn, name)
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    return task


def _is_of_family(task: Task, family: str | None) -> bool:
    definition = task["taskDefinitionArn"].rsplit("/", 1)[-1]
    return family is None or definition.rsplit(":", 1)[0] == family


OPERATIONS = (run_task, describe_tasks, list_tasks, stop_task, submit_task_state_change)
