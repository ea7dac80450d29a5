"""The MD5 digests by which SQS lets a caller see that a message arrived as it was sent.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

_STRING, _BINARY = b"\x01", b"\x02"


def body_digest(body: str) -> str:
    """Of a message's body, in hexadecimal digits."""
    return _md5(body.encode())


def attributes_digest(attributes: Mapping[str, Mapping[str, Any]]) -> str:
    """Of a message's attributes, in hexadecimal digits: every part behind its length, sorted by name."""
    parts = []
    for name, attribute in sorted(attributes.items()):
        parts += [_sized(name.encode()), _sized(attribute["DataType"].encode())]
        if "StringValue" in attribute:
            parts += [_STRING, _sized(attribute["StringValue"].encode())]
        else:
            parts += [_BINARY, _sized(base64.b64decode(attribute["BinaryValue"]))]
    return _md5(b"".join(parts))


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
