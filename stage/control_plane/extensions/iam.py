"""Client ids of OpenID Connect providers, added and removed."""

from functools import cache

from moto.core.responses import EmptyResult
from moto.iam.responses import IamResponse

from stage.control_plane.extensions.patching import replace


@cache
def install() -> None:
    """Add the two operations that change an OpenID Connect provider's audiences."""
    replace(
        IamResponse,
        add_client_id_to_open_id_connect_provider=_add_client_id,
        remove_client_id_from_open_id_connect_provider=_remove_client_id,
    )


def _add_client_id(self: IamResponse) -> EmptyResult:
    client_ids, client_id = _client_ids(self), self._get_param("ClientID")
    if client_id not in client_ids:
        client_ids.append(client_id)
    return EmptyResult()


def _remove_client_id(self: IamResponse) -> EmptyResult:
    client_ids, client_id = _client_ids(self), self._get_param("ClientID")
    if client_id in client_ids:
        client_ids.remove(client_id)
    return EmptyResult()


def _client_ids(response: IamResponse) -> list[str]:
    arn = response._get_param("OpenIDConnectProviderArn")  # noqa: SLF001 - moto has no other
    client_ids: list[str] = response.backend.get_open_id_connect_provider(arn).client_id_list
    return client_ids
