"""Client ids of OpenID Connect providers, added and removed."""

from moto.core.responses import EmptyResult
from moto.iam import models, responses

from stage.control_plane.extensions.registration import Extension, Gap


class IAMBackend(models.IAMBackend):
    """IAM with audiences of an OpenID Connect provider that can be changed."""

    def add_client_id(self, provider_arn: str, client_id: str) -> None:
        """Add an audience, once."""
        client_ids = self.get_open_id_connect_provider(provider_arn).client_id_list
        if client_id not in client_ids:
            client_ids.append(client_id)

    def remove_client_id(self, provider_arn: str, client_id: str) -> None:
        """Remove an audience, if it is there."""
        client_ids = self.get_open_id_connect_provider(provider_arn).client_id_list
        if client_id in client_ids:
            client_ids.remove(client_id)


class IamResponse(responses.IamResponse):
    """Requests of IAM."""

    def add_client_id_to_open_id_connect_provider(self) -> EmptyResult:
        """AddClientIDToOpenIDConnectProvider."""
        self.backend.add_client_id(self._get_param("OpenIDConnectProviderArn"), self._get_param("ClientID"))
        return EmptyResult()

    def remove_client_id_from_open_id_connect_provider(self) -> EmptyResult:
        """RemoveClientIDFromOpenIDConnectProvider."""
        self.backend.remove_client_id(
            self._get_param("OpenIDConnectProviderArn"), self._get_param("ClientID")
        )
        return EmptyResult()


EXTENSION = Extension(
    service="iam",
    gaps=(
        Gap(
            "client_ids",
            "The client ids of an OpenID Connect provider can be given at its creation and never changed.",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html",
        ),
    ),
    backend=IAMBackend,
    response=IamResponse,
)
