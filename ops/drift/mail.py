"""SES: who may send as the domain, and where it is told what became of mails."""

from collections.abc import Iterator

from ops.drift.aws import Aws, unless_missing
from ops.drift.finding import NONE, PRESENT, Finding, compared, text
from ops.drift.state import State

_DESTINATIONS = "aws_sesv2_configuration_set_event_destination"


def mail(aws: Aws, state: State) -> Iterator[Finding]:
    """Event destinations and policies that were added or taken away, and sending that was stopped."""
    for known in state.of("aws_sesv2_configuration_set"):
        name, ses = known["configuration_set_name"], aws("sesv2")
        found = unless_missing(ses.get_configuration_set, "NotFoundException", ConfigurationSetName=name)
        if found is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        sending = found.get("SendingOptions", {}).get("SendingEnabled", True)
        yield from compared(known.address, {"sending_options.sending_enabled": (True, sending)})
        declared = {
            one["event_destination_name"]
            for one in state.of(_DESTINATIONS)
            if one["configuration_set_name"] == name
        }
        told = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
        destinations = {one["Name"]: one for one in told.get("EventDestinations", [])}
        for one in sorted(declared ^ destinations.keys()):
            pair = (PRESENT, NONE) if one in declared else (NONE, text(destinations[one]))
            yield Finding(known.address, f"event_destination[{one}]", *pair)
        for one in sorted(declared & destinations.keys()):
            enabled = (True, destinations[one].get("Enabled", True))
            yield from compared(known.address, {f"event_destination[{one}].enabled": enabled})
    for known in state.of("aws_sesv2_email_identity"):
        identity = unless_missing(
            aws("sesv2").get_email_identity, "NotFoundException", EmailIdentity=known["email_identity"]
        )
        if identity is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        for one, policy in sorted((identity.get("Policies") or {}).items()):
            yield Finding(known.address, f"policy[{one}]", NONE, text(policy))
