"""The whole system in containers: LocalStack, the stand-ins, what Terraform creates, both services."""

import secrets
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docker

from stage.smtp_server.certificate import write_certificate
from tests.integration.applied import Applied, apply
from tests.integration.aws import AwsClients, access
from tests.integration.caller import Caller, client_entry, new_key
from tests.integration.containers import Container, make_network, remove_all, use_reaper_if_there_is_one
from tests.integration.dead_letters import DeadLetter, read_dead_letters
from tests.integration.declared import MAIL_HOST, Declared, declared, python_seconds, send_timeout_for
from tests.integration.engine import Say
from tests.integration.images import Images
from tests.integration.localstack import PORT, SETTINGS, LocalStack
from tests.integration.mail_server import COMMAND, WEB_PORT, MailServer
from tests.integration.tasks import TRUSTED, Task, answers

API = "notification-api"
SENDER = "email-sender"
_DYNAMODB_PORT = 5000
_MAIL_USER = "notifications"
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_ITEMS_A_CALL = 100
_MAIL_EVENTS = ("MAIL_EVENTS_QUEUE_NAME", "MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME")


@dataclass(frozen=True)
class System:
    """Everything that runs.

    Attributes:
        declared: The plan that the tasks come from.
        applied: What Terraform created.
        aws: Clients of LocalStack and of what it lacks.
        localstack: AWS but for DynamoDB.
        dynamodb: What the ledger is kept in.
        mail_server: Where mails end.
        api: The Notification API.
        sender: The Email Sender.
        caller: Somebody with a key that is good throughout.
        key: The random part of that key.
        mail_login: What the mail server wants at first.
        id_key: The key of the API's ids, which never changes.
        containers: All of them.
    """

    declared: Declared
    applied: Applied
    aws: AwsClients
    localstack: LocalStack
    dynamodb: Container
    mail_server: MailServer
    api: Task
    sender: Task
    caller: Caller
    key: str
    mail_login: dict[str, str]
    id_key: str
    containers: tuple[Container, ...]

    def queue_url(self, variable: str) -> str:
        """Where a queue is, by the environment variable that names it."""
        return str(self.aws("sqs").get_queue_url(QueueName=self.applied.names[variable])["QueueUrl"])

    def depth(self, *variables: str) -> int:
        """Messages on queues, hidden ones included; both work queues if none is named."""
        return sum(self._depth(variable) for variable in variables or ("QUEUE_NAME", "PRIORITY_QUEUE_NAME"))

    def _depth(self, variable: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.aws("sqs").get_queue_attributes(
            QueueUrl=self.queue_url(variable), AttributeNames=names
        )["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def dead_letters(self) -> list[DeadLetter]:
        """What is on the dead-letter queue, which is left as it is."""
        return read_dead_letters(self.aws("sqs"), self.queue_url("DEAD_LETTER_QUEUE_NAME"))

    def ledger_items(self) -> Iterator[dict[str, Any]]:
        """Every item of the ledger that is a notification's, in DynamoDB's own form."""
        pages = (
            self.aws("dynamodb").get_paginator("scan").paginate(TableName=self.applied.names["LEDGER_TABLE"])
        )
        return (item for page in pages for item in page["Items"] if "state" in item)

    def ledger_states(self, ids: Collection[str]) -> dict[str, str]:
        """States of notifications by id, of those that the ledger knows."""
        table, dynamodb, keys = self.applied.names["LEDGER_TABLE"], self.aws("dynamodb"), sorted(ids)
        states = {}
        for start in range(0, len(keys), _ITEMS_A_CALL):
            asked = [{"notification_id": {"S": key}} for key in keys[start : start + _ITEMS_A_CALL]]
            answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": asked, "ConsistentRead": True}})
            assert not answer["UnprocessedKeys"]
            states |= {
                item["notification_id"]["S"]: item["state"]["S"]
                for item in answer["Responses"][table]
                if "state" in item
            }
        return states


@contextmanager
def running_system(
    client: docker.DockerClient, images: Images, scratch: Path, logs: Path, say: Say
) -> Iterator[System]:
    """Start everything; when this ends, nothing is left."""
    use_reaper_if_there_is_one(client)
    remove_all(client)
    send_timeout = send_timeout_for(python_seconds())
    with ExitStack() as cleanup:
        cleanup.callback(remove_all, client)
        network = cleanup.enter_context(make_network())

        def container(*arguments: Any, **settings: Any) -> Container:
            name, image, aliases, ports = arguments
            made = Container(name, image, network, aliases, ports, logs, **settings)
            cleanup.callback(made.remove)
            return made

        localstack = container(
            "localstack", images.localstack, ("localstack",), (PORT,), environment=SETTINGS
        )
        dynamodb = container("dynamodb", images.stand_ins, ("dynamodb",), (_DYNAMODB_PORT,))
        server, trusted = scratch / "server.pem", scratch / "trusted.pem"
        write_certificate(MAIL_HOST, server, trusted)
        mail = container(
            *("mail-server", images.stand_ins, (MAIL_HOST,), (WEB_PORT,)),
            command=COMMAND,
            files={server: "/certificate/server.pem"},
        )
        stack, mail_server = LocalStack(localstack), MailServer(mail)
        say("starting LocalStack, DynamoDB and a mail server; planning what the services are declared to be")
        with ThreadPoolExecutor() as pool:
            planning = pool.submit(declared, scratch / "plan", send_timeout)
            for starting in [
                pool.submit(stack.start),
                pool.submit(_start_dynamodb, dynamodb),
                pool.submit(mail_server.start),
            ]:
                starting.result()
            plan = planning.result()
        inside = _endpoints(f"http://localstack:{PORT}", f"http://dynamodb:{_DYNAMODB_PORT}")
        outside = _endpoints(stack.url, dynamodb.url(_DYNAMODB_PORT))
        login = {"username": _MAIL_USER, "password": secrets.token_urlsafe(24)}
        mail_server.behave(login=login)
        key, id_key = new_key(), secrets.token_hex(32)
        say("applying the modules with Terraform, about a minute: SQS has its own pace")
        applied = apply(
            scratch / "apply",
            {
                **plan.inputs,
                "smtp_credentials": login,
                "api_keys": {"id_key": id_key, "clients": [client_entry(key)]},
            },
            {**access(), **outside},
        )
        aws = AwsClients(outside)
        cleanup.callback(aws.close)
        tasks = {}
        # What a task definition says with SES alone; here somebody else takes the mails.
        events = {variable: applied.names[variable] for variable in _MAIL_EVENTS}
        for name, image, aliases, more in (
            (SENDER, images.email_sender, (_sender_host(plan),), events),
            (API, images.notification_api, (), {}),
        ):
            ports = (plan.container(name).portMappings[0]["containerPort"],)
            of = container(name, image, aliases, ports, files={trusted: TRUSTED})
            tasks[name] = Task(of, plan, name, aws, {**inside, **more})
        say("starting both services")
        with ThreadPoolExecutor() as pool:
            list(pool.map(Task.start, tasks.values()))
        yield System(
            declared=plan,
            applied=applied,
            aws=aws,
            localstack=stack,
            dynamodb=dynamodb,
            mail_server=mail_server,
            api=tasks[API],
            sender=tasks[SENDER],
            caller=cleanup.enter_context(Caller(tasks[API].url, key)),
            key=key,
            mail_login=login,
            id_key=id_key,
            containers=(localstack, dynamodb, mail, tasks[API].container, tasks[SENDER].container),
        )


def _endpoints(localstack: str, stand_in: str) -> dict[str, str]:
    """Where AWS answers, by environment variable: DynamoDB and SES's second API are not in LocalStack."""
    return {
        "AWS_ENDPOINT_URL": localstack,
        "AWS_ENDPOINT_URL_DYNAMODB": stand_in,
        "AWS_ENDPOINT_URL_SESV2": stand_in,
    }


def _start_dynamodb(container: Container) -> None:
    container.start()
    container.wait_for(
        "DynamoDB",
        lambda: answers(f"{container.url(_DYNAMODB_PORT)}/stage/ready") == 200,
    )


def _sender_host(plan: Declared) -> str:
    """The name that the API knows the Email Sender by; Service Connect or Cloud Map make it one on AWS."""
    url = plan.container(API).environment.get("EMAIL_SENDER_URL", "")
    return urlsplit(url).hostname or SENDER
