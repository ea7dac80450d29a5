"""Takes out of the emulated AWS what running a system has left in it, so that what is declared remains.

Tasks, and what they were registered with, are gone; deployments begin anew; no metric has a datapoint, and
no alarm has seen one.
"""

from collections.abc import Collection
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.logs.models import logs_backends
from moto.servicediscovery.models import servicediscovery_backends

from stage.control_plane.extensions.ecs import services
from stage.control_plane.extensions.ecs.interfaces import address_of, release_interface
from stage.control_plane.extensions.registration import in_use


def forget_run() -> None:
    """Take it out of all backends of this process."""
    tasks = [task for backend in in_use(ecs_backends) for task in backend.state.tasks.values()]
    ids = {str(task["taskArn"]).rpartition("/")[2] for task in tasks}
    _deregister(ids, {address_of(task) for task in tasks})
    _drop_logs(ids)
    for backend in in_use(ecs_backends):
        _begin_anew(backend)
    for backend in in_use(applicationautoscaling_backends):
        backend.activities.clear()
    for backend in in_use(cloudwatch_backends):
        _forget_data(backend)


def _deregister(ids: Collection[str], addresses: Collection[str]) -> None:
    """Take tasks out of target groups and of Cloud Map; what else is registered there stays."""
    for backend in in_use(elbv2_backends):
        backend.reported_health.clear()
        for group in backend.target_groups.values():
            for gone in addresses & group.targets.keys():
                del group.targets[gone]
            group.deregistered_targets.clear()
    for backend in in_use(servicediscovery_backends):
        for service in backend.services.values():
            service.instances = [one for one in service.instances if one.instance_id not in ids]
            service.instances_revision.clear()


def _drop_logs(ids: Collection[str]) -> None:
    """Drop the streams of tasks, which end with the task's id.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    for backend in in_use(logs_backends):
        for group in backend.groups.values():
            for name in [name for name in group.streams if name.rpartition("/")[2] in ids]:
                del group.streams[name]


def _begin_anew(ecs: Any) -> None:
    """End all tasks without a trace, and have each service deploy what it is to run."""
    for task in ecs.state.tasks.values():
        release_interface(ecs, task)
    ecs.state.tasks.clear()
    ecs.state.stopped.clear()
    for service in ecs.state.services.values():
        service.events.clear()
        if service.status == "ACTIVE":
            services.deploy_anew(service)


def _forget_data(cloudwatch: Any) -> None:
    """Forget every datapoint, and what alarms made of them."""
    cloudwatch.forget_datapoints()
    cloudwatch.alarm_history.clear()
    for alarm in cloudwatch.alarms.values():
        # As moto makes one, and PutMetricAlarm leaves it.
        alarm.state_reason, alarm.state_reason_data = "Unchecked: Initial alarm creation", "{}"
        alarm.state_value, alarm.state_updated_timestamp = "INSUFFICIENT_DATA", utcnow()
        alarm.history.clear()
