"""Results in ECS's JSON."""

import json
from datetime import datetime
from typing import Any


def to_json(result: dict[str, Any]) -> str:
    """A result whose names are the API's own already.

    moto would look every member up in the service model, which for the answers that are asked for many
    times a second takes longer than finding them.
    """
    return json.dumps(result, default=_seconds_since_the_epoch)


def _seconds_since_the_epoch(moment: datetime) -> float:
    return round(moment.timestamp(), 3)
