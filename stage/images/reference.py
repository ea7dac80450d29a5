"""Names of images: registry, repository, tag, digest."""

import re
from dataclasses import dataclass

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_ECR = re.compile(r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z.]+")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True)
class Reference:
    """Name of an image, taken apart.

    https://pkg.go.dev/github.com/distribution/reference

    Attributes:
        registry: Host that has it, with its port; empty for Docker Hub.
        repository: Path within the registry.
        tag: Empty where a digest alone names it.
        digest: Such as `sha256:0a…`; empty where a tag names it.
    """

    registry: str
    repository: str
    tag: str
    digest: str

    def __str__(self) -> str:
        """Name as a task definition may have it."""
        at = f"@{self.digest}" if self.digest else ""
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.registry}{'/' if self.registry else ''}{self.repository}{tag}{at}"

    @property
    def account(self) -> str:
        """Account whose ECR has it; empty for any other registry."""
        found = _ECR.fullmatch(self.registry)
        return found["account"] if found else ""

    @property
    def region(self) -> str:
        """Region whose ECR has it; empty for any other registry."""
        found = _ECR.fullmatch(self.registry)
        return found["region"] if found else ""

    @property
    def has_valid_tag(self) -> bool:
        """Whether a registry takes the tag."""
        return _TAG.fullmatch(self.tag) is not None


def parse(image: str) -> Reference:
    """An image's name as a task definition has it; without tag and digest the tag is `latest`.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    name, _, digest = image.partition("@")
    host, slash, path = name.partition("/")
    # So Docker tells a registry from the first part of a repository's path.
    if not slash or not (host == "localhost" or re.search("[.:]", host)):
        host, path = "", name
    repository, _, tag = path.partition(":")
    return Reference(host, repository, tag or ("" if digest else "latest"), digest)
