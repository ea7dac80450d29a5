"""Program: `python -m tests.integration.prepare`: builds the layer's images, while nothing measures time.

Exit status 69 where no container can run; the layer itself says then what to start.
"""

import os
import sys

import docker

from tests.integration import not_run
from tests.integration.engine import REQUEST_BUDGET_SECONDS, EngineUnavailableError, engine
from tests.integration.images import build_images


def main() -> int:
    """Build what has changed."""
    try:
        with engine(_say) as url:
            os.environ["DOCKER_HOST"] = url
            client = docker.DockerClient(base_url=url, timeout=REQUEST_BUDGET_SECONDS)
            try:
                build_images(client, url, _say)
            finally:
                client.close()
    except EngineUnavailableError as error:
        _say(str(error))
        return not_run.STATUS
    return 0


def _say(text: str) -> None:
    print(f"images: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a sign of life


if __name__ == "__main__":
    sys.exit(main())
