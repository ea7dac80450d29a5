"""Client ids of OpenID Connect providers, and permissions boundaries of users."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models, responses
from moto.iam.exceptions import NoSuchEntity

from stage.control_plane.extensions.registration import Extension, Gap, overrides


class IAMBackend(models.IAMBackend):
    """IAM with audiences of an OpenID Connect provider that can be changed, and users with a boundary."""

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

    def bound(self, user_name: str, arn: str | None) -> None:
        """Give a user another permissions boundary, or none, in the form that moto has a role's in.

        Raises:
            NoSuchEntity: There is no such user, or no such policy.
        """
        user: Any = self.get_user(user_name)
        if arn and arn not in self.managed_policies:
            raise NoSuchEntity(f"Policy {arn} does not exist.")
        user.permissions_boundary_arn = arn
        user.permissions_boundary = arn and {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": arn,
        }


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

    @overrides
    def create_user(self) -> ActionResult:
        """CreateUser, with a boundary if it is to have one."""
        answer = super().create_user()
        if arn := self._get_param("PermissionsBoundary"):
            self.backend.bound(self._get_param("UserName"), arn)
        return answer

    def put_user_permissions_boundary(self) -> EmptyResult:
        """PutUserPermissionsBoundary."""
        self.backend.bound(self._get_param("UserName"), self._get_param("PermissionsBoundary"))
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> EmptyResult:
        """DeleteUserPermissionsBoundary."""
        self.backend.bound(self._get_param("UserName"), None)
        return EmptyResult()


EXTENSION = Extension(
    service="iam",
    gaps=(
        Gap(
            "client_ids",
            "The client ids of an OpenID Connect provider can be given at its creation and never changed.",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html",
        ),
        Gap(
            "boundary_of_user",
            "A user has no permissions boundary, also where it is created with one.",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html",
        ),
    ),
    backend=IAMBackend,
    response=IamResponse,
)
