"""SES v2 as the provider needs it: DKIM, MAIL FROM, options of configuration sets and where events go."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.ses.exceptions import NotFoundException
from moto.ses.models import ConfigurationSet, EmailIdentity
from moto.sesv2 import urls
from moto.sesv2.models import SESV2Backend
from moto.sesv2.responses import SESV2Response

from stage.control_plane.extensions.backend_state import kept
from stage.control_plane.extensions.patching import replace

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
_FURTHER_PATHS = (
    f"{_SET}/(?P<options>[^/]+)$",
    f"{_SET}/event-destinations/(?P<EventDestinationName>[^/]+)$",
    f"{_IDENTITY}/mail-from$",
    f"{_IDENTITY}/dkim/signing$",
)

_Destinations = dict[str, dict[str, dict[str, Any]]]


@cache
def install() -> None:
    """Complete moto's configuration sets and identities."""
    urls.url_paths.update(dict.fromkeys(_FURTHER_PATHS, SESV2Response.dispatch))
    replace(ConfigurationSet, to_dict_v2=_described)
    replace(EmailIdentity, get_response_object=property(_identity))
    replace(
        SESV2Backend,
        create_email_identity=_create_identity,
        delete_email_identity=_delete_identity,
        get_configuration_set=_get_set,
        delete_configuration_set=_delete_set,
    )
    replace(
        SESV2Response,
        put_email_identity_mail_from_attributes=_put_mail_from,
        put_email_identity_dkim_signing_attributes=_put_dkim,
        put_configuration_set_delivery_options=_put("delivery_options"),
        put_configuration_set_reputation_options=_put("reputation_options"),
        put_configuration_set_sending_options=_put("enabled"),
        put_configuration_set_suppression_options=_put("suppression_options"),
        put_configuration_set_tracking_options=_put("tracking_options"),
        put_configuration_set_vdm_options=_put("vdm_options"),
        create_configuration_set_event_destination=_put_destination,
        update_configuration_set_event_destination=_put_destination,
        get_configuration_set_event_destinations=_get_destinations,
        delete_configuration_set_event_destination=_delete_destination,
    )


def _described(self: ConfigurationSet) -> dict[str, Any]:
    """A configuration set without the options that are empty: an empty object is no boolean."""
    options = {
        "TrackingOptions": self.tracking_options,
        "DeliveryOptions": self.delivery_options,
        "ReputationOptions": self.reputation_options,
        "SendingOptions": self.enabled or {"SendingEnabled": True},
        "SuppressionOptions": self.suppression_options,
        "VdmOptions": self.vdm_options,
    }
    set_ = {name: value for name, value in options.items() if value}
    return {"ConfigurationSetName": self.configuration_set_name, "Tags": self.tags, **set_}


def _put(attribute: str) -> Any:
    def put(self: SESV2Response) -> str:
        found = self.sesv2_backend.get_configuration_set(self._get_param("ConfigurationSetName"))
        given = {name: self._get_param(name) for name in _OPTIONS[attribute]}
        setattr(found, attribute, {name: value for name, value in given.items() if value is not None})
        return "{}"

    return put


def _get_set(self: SESV2Backend, configuration_set_name: str) -> ConfigurationSet:
    found: ConfigurationSet | None = self.core_backend.config_sets.get(configuration_set_name)
    if found is None:
        raise NotFoundException(configuration_set_name)
    return found


def _delete_set(self: SESV2Backend, configuration_set_name: str) -> None:
    self.get_configuration_set(configuration_set_name)
    del self.core_backend.config_sets[configuration_set_name]
    _all_destinations(self).pop(configuration_set_name, None)


def _all_destinations(backend: SESV2Backend) -> _Destinations:
    """Event destinations, by configuration set and name."""
    factory: Callable[[], _Destinations] = dict
    return kept(backend, "event_destinations", factory)


def _destinations(self: SESV2Response) -> dict[str, dict[str, Any]]:
    """Event destinations of the configuration set that the request names, by their names."""
    name = self._get_param("ConfigurationSetName")
    self.sesv2_backend.get_configuration_set(name)
    return _all_destinations(self.sesv2_backend).setdefault(name, {})


def _put_destination(self: SESV2Response) -> str:
    name = self._get_param("EventDestinationName")
    _destinations(self)[name] = {"Name": name, **self._get_param("EventDestination")}
    return "{}"


def _get_destinations(self: SESV2Response) -> str:
    return json.dumps({"EventDestinations": list(_destinations(self).values())})


def _delete_destination(self: SESV2Response) -> str:
    name = self._get_param("EventDestinationName")
    if _destinations(self).pop(name, None) is None:
        raise NotFoundException(name)
    return "{}"


def _create_identity(
    self: SESV2Backend,
    email_identity: str,
    tags: list[dict[str, str]] | None,
    dkim_signing_attributes: dict[str, Any] | None,
    configuration_set_name: str | None,
) -> EmailIdentity:
    """CreateEmailIdentity as moto does it, with tags under the ARN that an identity has."""
    identity: EmailIdentity = self.core_backend.create_email_identity_v2(
        email_identity, None, dkim_signing_attributes, configuration_set_name
    )
    account = f"arn:{self.partition}:ses:{self.region_name}:{self.account_id}"
    self.core_backend.tagger.tag_resource(f"{account}:identity/{email_identity}", tags or [])
    identity.tags = tags
    identity.dkim_attributes = _easy_dkim(email_identity, dkim_signing_attributes)
    return identity


def _delete_identity(self: SESV2Backend, email_identity: str) -> None:
    self.get_email_identity(email_identity)
    del self.core_backend.email_identities[email_identity]


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


def _put_dkim(self: SESV2Response) -> str:
    identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
    asked = self._get_param("SigningAttributes")
    identity.dkim_attributes = _easy_dkim(identity.email_identity, asked)
    return json.dumps({"DkimStatus": "PENDING", "DkimTokens": identity.dkim_attributes["Tokens"]})


def _put_mail_from(self: SESV2Response) -> str:
    identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
    identity.mail_from_attributes = {
        "MailFromDomain": self._get_param("MailFromDomain") or "",
        "MailFromDomainStatus": "PENDING",
        "BehaviorOnMxFailure": self._get_param("BehaviorOnMxFailure") or "USE_DEFAULT_VALUE",
    }
    return "{}"


def _identity(self: EmailIdentity) -> dict[str, Any]:
    described = {
        "IdentityType": self.identity_type,
        "FeedbackForwardingStatus": self.feedback_forwarding_status,
        "VerifiedForSendingStatus": self.verified_for_sending_status,
        "DkimAttributes": self.dkim_attributes,
        "MailFromAttributes": getattr(self, "mail_from_attributes", None),
        "Policies": self.policies,
        "Tags": self.tags,
        "ConfigurationSetName": self.configuration_set_name,
        "VerificationStatus": self.verification_status,
    }
    return {name: value for name, value in described.items() if value is not None}
