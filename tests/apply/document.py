"""The first run that terraform/README.md describes, command by command."""

import re
from pathlib import Path

from common.pages import listed
from tests.apply.clients import ACCOUNT
from tests.apply.mode import ROOT

STAND_INS = Path(__file__).with_name("first_run")
README = (ROOT / "README.md").read_text()
FIRST_RUN = README.partition("## From nothing to a running system")[2].partition("## Releases")[0]


def blocks(language):
    """The fenced blocks in a language, without their indentation."""
    found = re.findall(rf"^   ```{language}\n(.*?)^   ```$", FIRST_RUN, re.MULTILINE | re.DOTALL)
    return [re.sub("^   ", "", block, flags=re.MULTILINE) for block in found]


class Account:
    """What an account has before: a certificate, a zone."""

    def __init__(self, aws):
        self._aws = aws
        self.certificate = aws("acm").request_certificate(DomainName="notifications.example.com")[
            "CertificateArn"
        ]
        zone = aws("route53").create_hosted_zone(Name="example.com", CallerReference="first run")
        self.zone = zone["HostedZone"]["Id"].rpartition("/")[2]

    def own(self, text):
        """A text of the document with this account's numbers."""
        text = re.sub(r"arn:aws:acm:\S+?(?=\")", self.certificate, text)
        return text.replace("Z0123456789ABCDEFGHIJ", self.zone).replace("111122223333", ACCOUNT)

    def names(self):
        """What names lead to, by name; Route 53 ends both with a dot, the emulator one of them."""
        records = listed(
            self._aws("route53"), "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=self.zone
        )
        return {
            one["Name"].rstrip("."): one["AliasTarget"]["DNSName"].rstrip(".")
            for one in records
            if "AliasTarget" in one
        }

    def why_not(self, definition, pushed):
        """Why a task cannot run; empty if it can."""
        container = definition["containerDefinitions"][0]
        if container["image"] not in pushed.read_text().split():
            return f"CannotPullContainerError: {container['image']}"
        secrets = self._aws("secretsmanager")
        for variable in container["environment"]:
            if variable["name"] == "API_KEYS_SECRET" and not self._has_a_value(secrets, variable["value"]):
                return "Essential container in task exited"
        return ""

    @staticmethod
    def _has_a_value(secrets, name):
        return bool(secrets.describe_secret(SecretId=name).get("VersionIdsToStages"))


class FirstRun:
    """The commands of the document, run."""

    def __init__(self, rehearsal, folder):
        self.account = Account(rehearsal.aws)
        self.rehearsal = rehearsal
        # The first step; all others are the deploy role's.
        zones = {"hosted_zone_ids": {"staging": self.account.zone}}
        rehearsal.prepare_account("staging", zones, secrets_declared=False)
        (folder / "my.tfvars").write_text(self.account.own(blocks("hcl")[0]))
        pushed = folder / "pushed"
        pushed.touch()
        rehearsal.fleet.refuse = lambda definition: self.account.why_not(definition, pushed)
        self.ended = self.shell("\n".join(blocks("console")))
        self.built = (folder / "built").read_text().splitlines() if (folder / "built").exists() else []

    def shell(self, script):
        """What a script says and ends with."""
        return self.rehearsal.shell(self.account.own(script), STAND_INS)
