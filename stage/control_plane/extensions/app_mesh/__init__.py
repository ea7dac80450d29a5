"""App Mesh that gives back what it was told: every operation on the seven kinds and on their tags."""

from stage.control_plane.extensions.app_mesh.operations import AppMeshBackend, AppMeshResponse
from stage.control_plane.extensions.registration import Extension, Gap

_VIRTUAL_SERVICES = "{0}/v20190125/meshes/(?P<meshName>[^/]+)/virtualServices"
_PAGES = "https://docs.aws.amazon.com/app-mesh/latest"

EXTENSION = Extension(
    service="appmesh",
    gaps=(
        Gap(
            "virtual_services",
            "There are no virtual services.",
            f"{_PAGES}/APIReference/API_CreateVirtualService.html",
        ),
        Gap(
            "uids",
            "Every object has the same uid, which Terraform takes for its id.",
            f"{_PAGES}/APIReference/API_ResourceMetadata.html",
        ),
        Gap(
            "times",
            "Times are answered as texts, which the Terraform provider refuses.",
            f"{_PAGES}/APIReference/API_ResourceMetadata.html",
        ),
        Gap(
            "references",
            "An object may refer to others that do not exist.",
            f"{_PAGES}/APIReference/API_CreateRoute.html",
        ),
        Gap(
            "in_use",
            "An object is deleted while others need it.",
            f"{_PAGES}/APIReference/API_DeleteVirtualNode.html",
        ),
        Gap(
            "tags_removed",
            "Tags cannot be removed.",
            f"{_PAGES}/APIReference/API_UntagResource.html",
        ),
    ),
    backend=AppMeshBackend,
    response=AppMeshResponse,
    paths=(
        f"{_VIRTUAL_SERVICES}$",
        f"{_VIRTUAL_SERVICES}/(?P<virtualServiceName>[^/]+)$",
        "{0}/v20190125/untag$",
    ),
)
