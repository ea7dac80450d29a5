"""Rotation period of a KMS key."""

import json

from moto.kms import models, responses

from stage.control_plane.extensions.registration import Extension, Gap, overrides

# https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
_DEFAULT_PERIOD_DAYS = 365


class KmsBackend(models.KmsBackend):
    """KMS that keeps rotation periods.

    Attributes:
        rotation_periods: Days, by the id of the key.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.rotation_periods: dict[str, int] = {}


class KmsResponse(responses.KmsResponse):
    """Requests of KMS."""

    @overrides
    def enable_key_rotation(self) -> str:
        """EnableKeyRotation, and how often."""
        answer: str = super().enable_key_rotation()
        days = self._get_param("RotationPeriodInDays") or _DEFAULT_PERIOD_DAYS
        self.kms_backend.rotation_periods[self._key_id()] = int(days)
        return answer

    @overrides
    def get_key_rotation_status(self) -> str:
        """GetKeyRotationStatus, with the period of a key that is rotated."""
        status = json.loads(super().get_key_rotation_status())
        if status["KeyRotationEnabled"]:
            periods = self.kms_backend.rotation_periods
            status["RotationPeriodInDays"] = periods.get(self._key_id(), _DEFAULT_PERIOD_DAYS)
        return json.dumps(status)

    def _key_id(self) -> str:
        return str(self.kms_backend.get_key_id(self._get_param("KeyId")))


EXTENSION = Extension(
    service="kms",
    gaps=(
        Gap(
            "rotation_period",
            "Forgets how often a key is to be rotated.",
            "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html",
        ),
    ),
    backend=KmsBackend,
    response=KmsResponse,
)
