"""Routes by which the stage reports to the emulated AWS, and asks what no API tells: `POST /stage/...`.

What is only read answers a GET as well: `GET /stage/rights` has the decisions on this process's calls.
"""

import json
import os
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.ecs.exceptions import ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import ecs_backends
from moto.sqs.models import sqs_backends

from stage.control_plane.callers import CALLERS, CallRefusedError, Session
from stage.control_plane.extensions.application_autoscaling import report_scaling_activity
from stage.control_plane.extensions.ecs import tasks
from stage.control_plane.extensions.ecs.state import EcsState, Service, Task
from stage.control_plane.extensions.elbv2 import report_target_health
from stage.control_plane.extensions.registration import in_use
from stage.control_plane.rights import identity_policies, resource_policies
from stage.control_plane.rights.beside import BESIDE
from stage.control_plane.rights.record import RECORD
from stage.control_plane.toxics import CALLS, report_toxics

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
    elif name == "calls":
        body = CALLS.seen()
    elif name == "rights":
        body = RECORD.seen()
    else:
        try:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            body = _REPORTS[name](json.loads(environ["wsgi.input"].read(size))) or {}
        except (ServiceException, JsonRESTError) as error:
            status, body = HTTPStatus.BAD_REQUEST, _as_aws_error(error)
        except ValueError as error:
            status, body = HTTPStatus.BAD_REQUEST, {"Code": "InvalidReport", "Message": str(error)}
        except KeyError as missing:
            status = HTTPStatus.NOT_FOUND
            body = {"Code": "InvalidReport", "Message": f"no such report or field: {missing}"}
        except Exception:  # noqa: BLE001 - a defect of ours, told where somebody reads it
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            body = {"Code": "InternalFailure", "Message": traceback.format_exc()}
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


def _task(state: EcsState, cluster_arn: str, report: dict[str, Any]) -> Task:
    task = tasks.find(state, cluster_arn, report["task_arn"])
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    return task


def _spot_interruption(report: dict[str, Any]) -> None:
    state, cluster_arn = _cluster(report["cluster"])
    with state.lock:
        tasks.take_back(_task(state, cluster_arn, report))


def _task_health(report: dict[str, Any]) -> None:
    state, cluster_arn = _cluster(report["cluster"])
    with state.lock:
        task = _task(state, cluster_arn, report)
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


def _queue_ages(report: dict[str, Any]) -> dict[str, Any]:
    speed = float(report["speed"])
    return {
        "ages": {
            queue.name: queue.store.oldest_age(speed)
            for backend in in_use(sqs_backends)
            for queue in list(backend.queues.values())
            if not queue.fifo_queue
        }
    }


def _session(report: dict[str, Any]) -> None:
    CALLERS.begin(Session.read(report))


def _end_sessions(report: dict[str, Any]) -> None:
    CALLERS.end(report["session_name"])


def _session_of(report: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"session": CALLERS.session(report["access_key_id"], report["token"]).facts()}
    except CallRefusedError as refused:
        return {"refused": str(refused.reason)}


def _role_beside(report: dict[str, Any]) -> None:
    BESIDE.try_on(report["role_arn"], report["calls_of"])


def _policies_of(report: dict[str, Any]) -> dict[str, Any]:
    documents = identity_policies.documents_of(report["arn"], report["session"])
    return {"documents": [one.facts() for one in documents]}


def _policies_on(report: dict[str, Any]) -> dict[str, Any]:
    return resource_policies.attached_to(report["holder"], report["account"]).facts()


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


_REPORTS: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    "target-health": _target_health,
    "task-health": _task_health,
    "spot-interruption": _spot_interruption,
    "rollout": _rollout,
    "service-event": _service_event,
    "scaling-activity": report_scaling_activity,
    "queue-ages": _queue_ages,
    "toxics": report_toxics,
    "session": _session,
    "end-sessions": _end_sessions,
    "session-of": _session_of,
    "role-beside": _role_beside,
    "policies-of": _policies_of,
    "policies-on": _policies_on,
}
