import io
import json

from load_generator.shipping import Shipper
from verify.request_log import GENERATOR, REQUESTS


def test_each_whole_line_is_shipped_once(tmp_path):
    """One that is still being written waits for its end."""
    output = io.BytesIO()
    shipper = Shipper(tmp_path, output)
    shipper.ship()
    log = tmp_path / REQUESTS
    for text in (b'{"id": "a"}\n{"id', b'": "b"}\n', b'{"id": "c"}\n'):
        with log.open("ab") as file:
            file.write(text)
        shipper.ship()
        shipper.ship()

    assert b'{"id": "a"}\n{"id": "b"}\n{"id": "c"}\n' == output.getvalue()


def test_the_statistics_come_last_and_only_from_one_that_left_in_order(tmp_path):
    """By them `verify` knows that a log is whole."""
    output = io.BytesIO()
    (tmp_path / REQUESTS).write_bytes(b'{"id": "a"}\n')
    Shipper(tmp_path, output).finish()
    assert b'{"id": "a"}\n' == output.getvalue()

    (tmp_path / GENERATOR).write_text('{"sent": 1, "missed": 0, "worst_lag": 0.1}')
    output = io.BytesIO()
    Shipper(tmp_path, output).finish()
    *_, last = output.getvalue().splitlines()
    assert {"generator": {"sent": 1, "missed": 0, "worst_lag": 0.1}} == json.loads(last)
