"""Rotation period of a KMS key."""

import json
from functools import cache

from moto.kms.responses import KmsResponse

from stage.control_plane.extensions.backend_state import kept
from stage.control_plane.extensions.patching import replace

# https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
_DEFAULT_PERIOD_DAYS = 365

_moto_enable = KmsResponse.enable_key_rotation
_moto_status = KmsResponse.get_key_rotation_status


@cache
def install() -> None:
    """Keep the rotation period beside moto's rotation status."""
    replace(KmsResponse, enable_key_rotation=_enable, get_key_rotation_status=_status)


def _enable(self: KmsResponse) -> str:
    answer: str = _moto_enable(self)
    days = self._get_param("RotationPeriodInDays") or _DEFAULT_PERIOD_DAYS
    _periods(self)[self.kms_backend.get_key_id(self._get_param("KeyId"))] = int(days)
    return answer


def _status(self: KmsResponse) -> str:
    status = json.loads(_moto_status(self))
    if status["KeyRotationEnabled"]:
        key_id = self.kms_backend.get_key_id(self._get_param("KeyId"))
        status["RotationPeriodInDays"] = _periods(self).get(key_id, _DEFAULT_PERIOD_DAYS)
    return json.dumps(status)


def _periods(response: KmsResponse) -> dict[str, int]:
    return kept(response.kms_backend, "rotation_periods", dict)
