"""What `celery --app` is given; its settings come from the environment."""

import os

from tests.bench.rivals.celery_app import application

app = application(os.environ["BROKER_URL"], os.environ["QUEUE_NAME"], int(os.environ["SMTP_PORT"]))
