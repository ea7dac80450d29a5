"""Lists of a fake AWS client, in pages as AWS gives them."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace


def page(key: str, items: Sequence, token: str | None, size: int) -> dict:
    """The answer to a list call: so many items from the token on, and a token if there are more."""
    start = int(token or 0)
    answer = {key: list(items[start : start + size])}
    return answer | ({"nextToken": str(start + size)} if start + size < len(items) else {})


class InPages:
    """Lets a fake client's own methods be paged through, as boto3's are."""

    def get_paginator(self, operation: str) -> SimpleNamespace:
        """Pages of one of its methods: answers until one has no `nextToken`."""

        def paginate(**request) -> Iterator[dict]:
            request.pop("PaginationConfig", None)
            token = {}
            while True:
                answer = getattr(self, operation)(**request, **token)
                yield answer
                if "nextToken" not in answer:
                    return
                token = {"nextToken": answer["nextToken"]}

        return SimpleNamespace(paginate=paginate)
