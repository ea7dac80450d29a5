"""LocalStack's runtime, with what its services hold kept over a restart of the container.

The open-source runtime forgets everything when its process ends; its own persistence is not part of it.
It does bring what pickles its stores, so they are written to a file once the server has ended, when
nothing more can be confirmed to anybody, and read again before the next one starts.

What is not kept: datapoints of metrics, and anything at all when the process is killed.
"""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localstack.runtime import events
from localstack.runtime.main import main
from localstack.services.cloudwatch.models import cloudwatch_stores
from localstack.services.kms.models import kms_stores
from localstack.services.plugins import SERVICE_PLUGINS
from localstack.services.sns.models import sns_stores
from localstack.services.sqs.models import sqs_stores
from localstack.state import pickle
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ParameterDict, ssm_backends

_KEPT = Path("/var/lib/localstack-kept.pickle")
_STORES: dict[str, dict[str, Any]] = {
    "cloudwatch": cloudwatch_stores,
    "kms": kms_stores,
    "logs": logs_backends,
    "secretsmanager": secretsmanager_backends,
    "sns": sns_stores,
    "sqs": sqs_stores,
    "ssm": ssm_backends,
}


def _parameters(account_id: str, region_name: str, parameters: dict[str, Any]) -> ParameterDict:
    made = ParameterDict(account_id, region_name)
    made.update(parameters)
    return made


@pickle.reducer(ParameterDict, restore=_parameters)
def _parts_of_parameters(parameters: ParameterDict) -> tuple[str, str, dict[str, Any]]:
    """A dictionary that its own class cannot make anew without its arguments."""
    return parameters.account_id, parameters.region_name, dict(parameters)


# Whoever held a lock or waited on one has ended with the process: each is made anew, and free. A condition
# keeps the lock that it shares with others.
pickle.reducer(type(threading.Lock()), restore=threading.Lock)(lambda _: ())
pickle.reducer(type(threading.RLock()), restore=threading.RLock)(lambda _: ())
pickle.reducer(threading.Condition, restore=threading.Condition)(lambda condition: (condition._lock,))  # noqa: SLF001 - it has no other way


def _load() -> None:
    if _KEPT.exists():
        for name, held in pickle.loads(_KEPT.read_bytes()).items():
            _STORES[name].update(held)
        for _, _, store in sqs_stores.iter_stores():
            for queue in store.queues.values():
                # Set as the service stopped, to end every long poll.
                queue.visible.is_shutdown = False
        threading.Thread(target=_watch_alarms_again, daemon=True).start()


def _watch_alarms_again() -> None:
    """Alarms are evaluated on a schedule, which is nowhere written down.

    The provider's own way to make it anew asks for the alarms of one account alone, the default one.
    """
    events.infra_ready.wait()
    service = SERVICE_PLUGINS.get_service("cloudwatch")
    if service is not None:
        scheduler = service.lifecycle_hook.alarm_scheduler
        scheduler.start()
        for _, _, store in cloudwatch_stores.iter_stores():
            for arn in list(store.alarms):
                scheduler.schedule_metric_alarm(arn)


def _save() -> None:
    written = _KEPT.with_suffix(".new")
    written.write_bytes(pickle.dumps({name: dict(held) for name, held in _STORES.items()}))
    written.rename(_KEPT)


def _run(serve: Callable[[], None]) -> int:
    try:
        serve()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    _load()
    status = _run(main)
    _save()
    sys.stdout.flush()
    # Threads that wait for somebody's long poll would hold the process for up to 20 s more.
    os._exit(status)
