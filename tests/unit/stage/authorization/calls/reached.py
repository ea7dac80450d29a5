"""Rights and condition keys that the data can ask for at all, by a full call of each operation."""

from functools import cache

from stage.authorization.calls.authorize import Asked, asked
from stage.authorization.calls.table import prefixes, table
from tests.unit.stage.authorization.calls.shapes import example
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/one"
_ZONE = "arn:aws:route53:::hostedzone/Z1"


class _Everything(Things):
    """A world where all is encrypted, and every namespace has a zone."""

    def encryption_key(self, arn):  # noqa: ARG002
        return _KEY

    def arns(self, kind, identifier):  # noqa: ARG002
        return (_ZONE,) if kind == "route53:hostedzone" else ()


@cache
def reached() -> dict[str, list[Asked]]:
    """Rights by their actions."""
    found: dict[str, list[Asked]] = {}
    for prefix in prefixes():
        service = table(prefix)
        for row in service.rows:
            for operation in row.operations:
                for one in asked(example(service, row, operation), _Everything()):
                    found.setdefault(one.action, []).append(one)
            for _, name in (*row.instead, *row.when):
                found.setdefault(f"{prefix}:{name}", [])
    return found
