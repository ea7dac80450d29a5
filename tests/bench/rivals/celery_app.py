"""Celery on SQS, set up for least CPU a mail.

https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html
"""

import smtplib

from celery import Celery

from email_sender.mail import Mail

MAIL_FROM = "no-reply@example.com"
TASK = "send_mail"


def application(broker_url: str, queue: str, smtp_port: int) -> Celery:
    """An application with one task, which sends one mail."""
    app = Celery("bench", broker=broker_url)
    app.conf.update(
        task_default_queue=queue,
        # A mail that is being sent when the worker dies is sent again, as ours is looked after.
        task_acks_late=True,
        # Messages are taken ten at a call only as long as there is room for ten: with any limit on what
        # is prefetched, a full worker asks for one message a call.
        worker_prefetch_multiplier=0,
        # Nobody asks for results: without a backend none are stored.
        task_ignore_result=True,
        result_backend=None,
        # Small, quick to read, and runs nobody's code.
        task_serializer="json",
        accept_content=["json"],
        # Nothing beside the mails: no events, no remote control, no rate limits.
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_disable_rate_limits=True,
        broker_transport_options={
            # A queue that exists is neither looked up nor created.
            "predefined_queues": {queue: {"url": f"http://sqs.localhost/123456789012/{queue}"}},
            # The longest long poll, as ours, and the next one at once after it.
            "wait_time_seconds": 20,
            "polling_interval": 0,
            # Base64 would be CPU for nothing: JSON is text.
            "sqs_base64_encoding": False,
        },
    )
    connections: list[smtplib.SMTP] = []

    @app.task(name=TASK)
    def send_mail(notification_id: str, recipient: str, subject: str, body: str) -> None:
        """Send one mail on this process's connection; the same bytes as ours."""
        if not connections:
            connections.append(smtplib.SMTP("127.0.0.1", smtp_port, local_hostname="[127.0.0.1]"))
        mail = Mail(notification_id, MAIL_FROM, recipient, subject, body)
        connections[0].sendmail(MAIL_FROM, [recipient], mail.to_bytes())

    return app
