"""Settings of the Notification API."""

from serving.settings import ServiceSettings


class ApiSettings(ServiceSettings):
    """What the task definition tells the Notification API: nothing beyond what every service is told."""
