"""Figures as Terraform and the services have them, read for comparison with what documentation says."""

import re

from email_sender.settings import SenderSettings
from tests.unit.documents import ROOT

TERRAFORM = ROOT / "terraform"
MONITORING = TERRAFORM / "modules" / "monitoring"
WORDS = {3: "three", 5: "five", 7: "seven", 10: "ten", 14: "14", 15: "15"}


def number(file, name):
    """What a Terraform file gives a local, an argument, or an optional field by default."""
    pattern = rf"^\s*{name}\s*=\s*(?:optional\(number, )?([\d.]+)\)?(?:\s*#.*)?$"
    [found] = set(re.findall(pattern, (TERRAFORM / file).read_text("utf-8"), re.MULTILINE))
    return float(found)


def variable_default(file, name):
    """Default of a variable that is a number."""
    block = re.search(
        rf'^variable "{name}" {{\n(.*?)^}}', (TERRAFORM / file).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return float(re.search(r"^\s*default\s*=\s*([\d.]+)$", block[1], re.MULTILINE)[1])


def default(name):
    """What the Email Sender takes where its task definition says nothing."""
    return SenderSettings.model_fields[name].default


def argument(file, name, which):
    """What an alarm is given."""
    text = (MONITORING / file).read_text("utf-8")
    block = re.search(rf'^resource "\w+" "{name}" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL)[1]
    return float(re.search(rf"^  {which}\s*=\s*([\d.]+)$", block, re.MULTILINE)[1])


def minutes(file, name):
    """Minutes for which an alarm has to be breaching, and of how many, in words."""
    return [WORDS[argument(file, name, one)] for one in ("datapoints_to_alarm", "evaluation_periods")]


def reputation(name):
    """Share of mails from which AWS reviews an account."""
    text = (MONITORING / "alarms-mail.tf").read_text("utf-8")
    return float(
        re.search(rf"^    {name} = {{\n.*?threshold\s*=\s*([\d.]+)$", text, re.MULTILINE | re.DOTALL)[1]
    )


def retention(name):
    """Days that a queue of mail events keeps a message."""
    text = (TERRAFORM / "modules" / "mail" / "queue.tf").read_text("utf-8")
    block = re.search(rf'^resource "aws_sqs_queue" "{name}" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL)[1]
    return int(
        re.search(r"message_retention_seconds = (\d+) \* local\.seconds_a_day$", block, re.MULTILINE)[1]
    )


def constant(file, name):
    """A number that a module names, read rather than imported: some need what this layer has not."""
    return float(re.search(rf"^{name} = ([\d.]+)$", (ROOT / file).read_text("utf-8"), re.MULTILINE)[1])


def min_coverage():
    """Percent of branches below which the unit layer fails."""
    return int(re.search(r"--fail-under=(\d+)", (ROOT / "tox.ini").read_text("utf-8"))[1])
