"""RunTask, StopTask, ListTasks, DescribeTasks and SubmitTaskStateChange."""

from typing import Any

from moto.ecs import responses
from moto.ecs.exceptions import InvalidParameterException, ServiceNotFoundException

from stage.control_plane.extensions.ecs import tasks
from stage.control_plane.extensions.ecs.state import Task, to_json
from stage.control_plane.extensions.registration import overrides

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
_TASKS_A_CALL = 10
_FOREVER_STOPPED = "STOPPED"


class TaskOperations(responses.EC2ContainerServiceResponse):
    """Requests about tasks."""

    @overrides
    def run_task(self) -> str:
        """Place tasks: PROVISIONING, meant to run, and left to whoever runs them."""
        request, backend = self._get_params(), self.ecs_backend
        state = backend.state
        count = request.get("count") or 1
        if count > _TASKS_A_CALL:
            raise InvalidParameterException(f"Count must be from 1 to {_TASKS_A_CALL}.")
        with state.lock:
            started = [tasks.create(backend, state, request) for _ in range(count)]
            return to_json({"tasks": started, "failures": []})

    @overrides
    def describe_tasks(self) -> str:
        """Describe tasks; whatever is unknown comes back as a failure."""
        request, backend = self._get_params(), self.ecs_backend
        cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
        if not request.get("tasks"):
            raise InvalidParameterException("Tasks cannot be empty.")
        state = backend.state
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

    @overrides
    def list_tasks(self) -> str:
        """List the tasks that match every given filter.

        Without `desiredStatus` those meant to run are listed:
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
        """
        request, backend = self._get_params(), self.ecs_backend
        cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
        wanted = {"clusterArn": cluster.arn, "desiredStatus": request.get("desiredStatus") or "RUNNING"}
        if request.get("startedBy"):
            wanted["startedBy"] = request["startedBy"]
        state = backend.state
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

    @overrides
    def stop_task(self) -> str:
        """Ask for a task to be stopped; it stops when whoever runs it says so."""
        request, backend = self._get_params(), self.ecs_backend
        cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
        state = backend.state
        with state.lock:
            task = _existing(state, cluster.arn, request["task"])
            tasks.ask_to_stop(task, request.get("reason") or "Task stopped by user")
            return to_json({"task": task})

    def submit_task_state_change(self) -> str:
        """Note what a task's agent says of it; a stopped task stays stopped."""
        request, backend = self._get_params(), self.ecs_backend
        cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
        state = backend.state
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
