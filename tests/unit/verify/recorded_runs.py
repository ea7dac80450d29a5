"""Real runs, kept small: what rules that were chosen on made-up records say of them."""

import gzip
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from verify.record import Request, ScenarioRecord

FOLDER = Path(__file__).parent / "recorded"
_RECORD = TypeAdapter(ScenarioRecord)
_DIGITS = 4


def read(name: str) -> ScenarioRecord:
    """The record of this name."""
    return _RECORD.validate_json(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


def write(record: ScenarioRecord, name: str, every: int) -> None:
    """Keep every so many-th request of a record, with its mails and all else.

    What is random about it is numbered, so that it can be compressed.
    """
    kept = [_numbered(request, number) for number, request in enumerate(record.requests[::every])]
    numbers = {request.trace_id: number for number, request in enumerate(record.requests[::every])}
    ids = {request.id: number for number, request in enumerate(record.requests[::every])}
    small = replace(
        record,
        requests=kept,
        mails=[
            replace(
                mail,
                notification_id=kept[ids[mail.notification_id]].id,
                recipient=kept[ids[mail.notification_id]].recipient,
                digest=kept[ids[mail.notification_id]].digest,
                received_at=round(mail.received_at, _DIGITS),
            )
            for mail in record.mails or ()
            if mail.notification_id in ids
        ],
        handled=[
            replace(one, trace_id=str(numbers[one.trace_id]))
            for one in record.handled or ()
            if one.trace_id in numbers
        ],
        process_cpu=[
            replace(one, at=round(one.at, _DIGITS), seconds=round(one.seconds, _DIGITS))
            for one in record.process_cpu or ()
        ],
        generator=replace(record.generator, sent=len(kept)),
    )
    FOLDER.mkdir(exist_ok=True)
    packed = gzip.compress(_RECORD.dump_json(small), mtime=0)
    (FOLDER / f"{name}.json.gz").write_bytes(packed)


def _numbered(request: Request, number: int) -> Request:
    return replace(
        request,
        started_at=round(request.started_at, _DIGITS),
        finished_at=round(request.finished_at, _DIGITS),
        id=f"n-{number}" if request.id else "",
        recipient=f"{number}@mail.example",
        digest=f"digest-{number}",
        trace_id=str(number),
    )
