"""App Mesh that gives back what it was told.

moto's own has no virtual services, gives every object the same uid, loses parts of specs, and answers
times as texts, which Terraform's provider refuses.
"""

from functools import cache

from moto.appmesh import urls
from moto.appmesh.responses import AppMeshResponse

from stage.control_plane.extensions.app_mesh.operations import OPERATIONS
from stage.control_plane.extensions.patching import replace

_VIRTUAL_SERVICES = "{0}/v20190125/meshes/(?P<meshName>[^/]+)/virtualServices"
_FURTHER_PATHS = (
    f"{_VIRTUAL_SERVICES}$",
    f"{_VIRTUAL_SERVICES}/(?P<virtualServiceName>[^/]+)$",
    "{0}/v20190125/untag$",
)


@cache
def install() -> None:
    """Answer every operation on the seven kinds and on their tags ourselves."""
    urls.url_paths.update(dict.fromkeys(_FURTHER_PATHS, AppMeshResponse.dispatch))
    replace(AppMeshResponse, **OPERATIONS)
