"""Routes by which the stage reports to the emulated AWS: `POST /stage/...` beside moto."""

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.ecs.exceptions import ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import ecs_backends

from stage.control_plane.extensions.application_autoscaling import report_scaling_activity
from stage.control_plane.extensions.ecs import tasks
from stage.control_plane.extensions.ecs.state import EcsState, Service
from stage.control_plane.extensions.elbv2 import report_target_health
from stage.control_plane.extensions.registration import in_use

PREFIX = "/stage/"

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application of these routes; an error comes back as AWS's `Code` and `Message`."""
    name = environ["PATH_INFO"].removeprefix(PREFIX)
    status: HTTPStatus = HTTPStatus.OK
    body: dict[str, Any] = {}
    if name == "ready":
        body = {"pid": os.getpid()}
    else:
        try:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            _REPORTS[name](json.loads(environ["wsgi.input"].read(size)))
        except (ServiceException, JsonRESTError) as error:
            status, body = HTTPStatus.BAD_REQUEST, _as_aws_error(error)
        except KeyError as missing:
            status = HTTPStatus.NOT_FOUND
            body = {"Code": "InvalidReport", "Message": f"no such report or field: {missing}"}
    payload = json.dumps(body).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))],
    )
    return [payload]


def _target_health(report: dict[str, Any]) -> None:
    report_target_health(
        report["target_group_arn"],
        {
            (target["address"], int(target["port"])): {
                key: value
                for key, value in (
                    ("State", target["state"]),
                    ("Reason", target["reason"]),
                    ("Description", target["description"]),
                )
                if value
            }
            for target in report["targets"]
        },
    )


def _task_health(report: dict[str, Any]) -> None:
    state, cluster_arn = _cluster(report["cluster"])
    with state.lock:
        task = tasks.find(state, cluster_arn, report["task_arn"])
        if task is None:
            raise InvalidParameterException("The referenced task was not found.")
        task["healthStatus"] = report["status"]
        for container in task["containers"]:
            container["healthStatus"] = report["status"]


def _rollout(report: dict[str, Any]) -> None:
    state, service = _service(report)
    with state.lock:
        for deployment in service.deployments:
            if deployment.id == report["deployment_id"]:
                deployment.rollout_state = report["state"]
                deployment.rollout_state_reason = report["reason"]
                deployment.failed_tasks = report["failed_tasks"]
                return
    raise InvalidParameterException(f"Deployment {report['deployment_id']} was not found.")


def _service_event(report: dict[str, Any]) -> None:
    state, service = _service(report)
    with state.lock:
        service.add_event(report["message"], datetime.fromtimestamp(report["at"], UTC))


def _cluster(name: str) -> tuple[EcsState, str]:
    for backend in in_use(ecs_backends):
        cluster = backend.clusters.get(name.rsplit("/", 1)[-1])
        if cluster is not None:
            return backend.state, cluster.arn
    raise ClusterNotFoundException


def _service(report: dict[str, Any]) -> tuple[EcsState, Service]:
    state, cluster_arn = _cluster(report["cluster"])
    name = report["service"].rsplit("/", 1)[-1]
    with state.lock:
        for service in state.services.values():
            if service.name == name and service.cluster_arn == cluster_arn:
                return state, service
    raise ServiceNotFoundException


def _as_aws_error(error: ServiceException | JsonRESTError) -> dict[str, str]:
    code = error.code if isinstance(error, ServiceException) else error.error_type
    return {"Code": code, "Message": error.message}


_REPORTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "target-health": _target_health,
    "task-health": _task_health,
    "rollout": _rollout,
    "service-event": _service_event,
    "scaling-activity": report_scaling_activity,
}
