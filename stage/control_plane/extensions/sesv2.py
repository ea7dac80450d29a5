"""SES v2 as the provider needs it: DKIM, MAIL FROM, options of configuration sets and where events go."""

import hashlib
import json
from typing import Any

from moto.ses.exceptions import NotFoundException
from moto.ses.models import EmailIdentity
from moto.sesv2 import models, responses

from stage.control_plane.extensions.registration import Extension, Gap, overrides

_DKIM_TOKENS = 3
# What PutConfigurationSet...Options changes, by the attribute that moto keeps it in.
_OPTIONS = {
    "delivery_options": ("TlsPolicy", "SendingPoolName", "MaxDeliverySeconds"),
    "reputation_options": ("ReputationMetricsEnabled",),
    "suppression_options": ("SuppressedReasons",),
    "tracking_options": ("CustomRedirectDomain", "HttpsPolicy"),
    "vdm_options": ("VdmOptions",),
    "enabled": ("SendingEnabled",),
}
# The server needs a route for each number of parts in a path.
_SET = "{0}/v2/email/configuration-sets/(?P<ConfigurationSetName>[^/]+)"
_IDENTITY = "{0}/v2/email/identities/(?P<EmailIdentity>[^/]+)"


class SESV2Backend(models.SESV2Backend):
    """Identities with DKIM records, and configuration sets with event destinations.

    Attributes:
        event_destinations: By the names of the configuration set and of the destination.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.event_destinations: dict[str, dict[str, dict[str, Any]]] = {}

    @overrides
    def delete_configuration_set(self, configuration_set_name: str) -> None:
        """Delete a configuration set that exists, with its event destinations."""
        self.get_configuration_set(configuration_set_name)
        del self.core_backend.config_sets[configuration_set_name]
        self.event_destinations.pop(configuration_set_name, None)

    @overrides
    def create_email_identity(
        self,
        email_identity: str,
        tags: list[dict[str, str]] | None,
        dkim_signing_attributes: dict[str, Any] | None,
        configuration_set_name: str | None,
    ) -> EmailIdentity:
        """Create an identity with DKIM records, and with tags under the ARN that it has."""
        identity: EmailIdentity = self.core_backend.create_email_identity_v2(
            email_identity, None, dkim_signing_attributes, configuration_set_name
        )
        account = f"arn:{self.partition}:ses:{self.region_name}:{self.account_id}"
        self.core_backend.tagger.tag_resource(f"{account}:identity/{email_identity}", tags or [])
        identity.tags = tags
        identity.dkim_attributes = _easy_dkim(email_identity, dkim_signing_attributes)
        return identity

    @overrides
    def delete_email_identity(self, email_identity: str) -> None:
        """Delete an identity that exists."""
        self.get_email_identity(email_identity)
        del self.core_backend.email_identities[email_identity]

    def destinations(self, configuration_set_name: str) -> dict[str, dict[str, Any]]:
        """Event destinations of a configuration set that exists, by their names."""
        self.get_configuration_set(configuration_set_name)
        return self.event_destinations.setdefault(configuration_set_name, {})


def _easy_dkim(domain: str, asked: dict[str, Any] | None) -> dict[str, Any]:
    """Three records to be published; nobody publishes them here, so they stay pending.

    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html
    """
    digests = [hashlib.sha256(f"{domain}{n}".encode()).hexdigest() for n in range(_DKIM_TOKENS)]
    length = (asked or {}).get("NextSigningKeyLength", "RSA_1024_BIT")
    return {
        "SigningEnabled": True,
        "Status": "PENDING",
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": length,
        "CurrentSigningKeyLength": length,
        "Tokens": [digest[:32] for digest in digests],
    }


def _put(attribute: str) -> Any:
    def put(self: "SESV2Response") -> str:
        found = self.sesv2_backend.get_configuration_set(self._get_param("ConfigurationSetName"))
        given = {name: self._get_param(name) for name in _OPTIONS[attribute]}
        setattr(found, attribute, {name: value for name, value in given.items() if value is not None})
        return "{}"

    return put


class SESV2Response(responses.SESV2Response):
    """Requests of SES v2."""

    put_configuration_set_delivery_options = _put("delivery_options")
    put_configuration_set_reputation_options = _put("reputation_options")
    put_configuration_set_sending_options = _put("enabled")
    put_configuration_set_suppression_options = _put("suppression_options")
    put_configuration_set_tracking_options = _put("tracking_options")
    put_configuration_set_vdm_options = _put("vdm_options")

    @overrides
    def get_configuration_set(self) -> str:
        """GetConfigurationSet without the options that are empty: an empty object is no boolean."""
        found = self.sesv2_backend.get_configuration_set(self._get_param("ConfigurationSetName"))
        options = {
            "TrackingOptions": found.tracking_options,
            "DeliveryOptions": found.delivery_options,
            "ReputationOptions": found.reputation_options,
            "SendingOptions": found.enabled or {"SendingEnabled": True},
            "SuppressionOptions": found.suppression_options,
            "VdmOptions": found.vdm_options,
        }
        chosen = {name: value for name, value in options.items() if value}
        return json.dumps({"ConfigurationSetName": found.configuration_set_name, "Tags": found.tags} | chosen)

    def create_configuration_set_event_destination(self) -> str:
        """CreateConfigurationSetEventDestination."""
        name = self._get_param("EventDestinationName")
        self._destinations()[name] = {"Name": name, **self._get_param("EventDestination")}
        return "{}"

    # In the place of the one before.
    update_configuration_set_event_destination = create_configuration_set_event_destination

    def get_configuration_set_event_destinations(self) -> str:
        """GetConfigurationSetEventDestinations."""
        return json.dumps({"EventDestinations": list(self._destinations().values())})

    def delete_configuration_set_event_destination(self) -> str:
        """DeleteConfigurationSetEventDestination."""
        name = self._get_param("EventDestinationName")
        if self._destinations().pop(name, None) is None:
            raise NotFoundException(name)
        return "{}"

    @overrides
    def get_email_identity(self) -> str:
        """GetEmailIdentity, with its MAIL FROM domain, and without what it has not."""
        found = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
        described = found.get_response_object | {
            "MailFromAttributes": getattr(found, "mail_from_attributes", None)
        }
        return json.dumps({name: value for name, value in described.items() if value is not None})

    def put_email_identity_dkim_signing_attributes(self) -> str:
        """PutEmailIdentityDkimSigningAttributes."""
        identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
        asked = self._get_param("SigningAttributes")
        identity.dkim_attributes = _easy_dkim(identity.email_identity, asked)
        return json.dumps({"DkimStatus": "PENDING", "DkimTokens": identity.dkim_attributes["Tokens"]})

    def put_email_identity_mail_from_attributes(self) -> str:
        """PutEmailIdentityMailFromAttributes."""
        identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
        identity.mail_from_attributes = {
            "MailFromDomain": self._get_param("MailFromDomain") or "",
            "MailFromDomainStatus": "PENDING",
            "BehaviorOnMxFailure": self._get_param("BehaviorOnMxFailure") or "USE_DEFAULT_VALUE",
        }
        return "{}"

    def _destinations(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.sesv2_backend.destinations(
            self._get_param("ConfigurationSetName")
        )
        return found


_PAGES = "https://docs.aws.amazon.com/ses/latest/APIReference-V2"
EXTENSION = Extension(
    service="sesv2",
    gaps=(
        Gap(
            "dkim_records",
            "An identity has no DKIM records to be published.",
            f"{_PAGES}/API_DkimAttributes.html",
        ),
        Gap(
            "tags_of_identity",
            "The tags of an identity are found under an ARN that it has not.",
            f"{_PAGES}/API_ListTagsForResource.html",
        ),
        Gap(
            "identity_deleted",
            "Deleting an identity that does not exist succeeds.",
            f"{_PAGES}/API_DeleteEmailIdentity.html",
        ),
        Gap(
            "mail_from",
            "An identity has no MAIL FROM domain.",
            f"{_PAGES}/API_PutEmailIdentityMailFromAttributes.html",
        ),
        Gap(
            "sending_enabled",
            "Whether a configuration set sends is answered with an object instead of a boolean.",
            f"{_PAGES}/API_SendingOptions.html",
        ),
        Gap(
            "options_changed",
            "The options of a configuration set can be given at its creation and never changed.",
            f"{_PAGES}/API_PutConfigurationSetDeliveryOptions.html",
        ),
        Gap(
            "event_destinations",
            "A configuration set has no event destinations.",
            f"{_PAGES}/API_CreateConfigurationSetEventDestination.html",
        ),
        Gap(
            "configuration_set_deleted",
            "Deleting a configuration set that does not exist fails within moto.",
            f"{_PAGES}/API_DeleteConfigurationSet.html",
        ),
    ),
    backend=SESV2Backend,
    response=SESV2Response,
    paths=(
        f"{_SET}/(?P<options>[^/]+)$",
        f"{_SET}/event-destinations/(?P<EventDestinationName>[^/]+)$",
        f"{_IDENTITY}/mail-from$",
        f"{_IDENTITY}/dkim/signing$",
    ),
)
