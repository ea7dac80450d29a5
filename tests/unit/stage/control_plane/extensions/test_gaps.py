"""Gaps of moto: each is closed by our extensions, and none by moto itself."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from stage.control_plane.extensions import EXTENSIONS
from tests.unit.documents import ROOT
from tests.unit.stage.control_plane.extensions.gaps import probes, table
from tests.waiting import LONG

gap_by_gap = pytest.mark.parametrize(
    ("extension", "gap"), probes.GAPS, ids=[probes.id_of(*one) for one in probes.GAPS]
)


@pytest.fixture(scope="session")
def plain_moto():
    """Whether each gap is closed in a process that has moto without our extensions."""
    # A person's own profile and endpoints concern nobody here.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    asked = subprocess.run(
        [sys.executable, "-m", probes.__name__],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        timeout=LONG,
        check=True,
    )
    return json.loads(asked.stdout)


@gap_by_gap
@pytest.mark.usefixtures("client")
def test_our_extensions_close_a_gap(extension, gap):
    """With them moto does what AWS does."""
    assert probes.is_closed(extension, gap, extended=True), f"{gap.moto} See {gap.documentation}"


@gap_by_gap
def test_moto_still_has_a_gap(extension, gap, plain_moto):
    """Once it has not, what closes it goes."""
    assert not plain_moto[probes.id_of(extension, gap)], (
        f"moto {version('moto')} has {gap.name} by now: take what closes it out of "
        f"stage/control_plane/extensions/{extension}, and its gap and its probe with it"
    )


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_gap_has_a_probe(extension):
    """And every probe a gap, in the same order."""
    assert [gap.name for gap in EXTENSIONS[extension].gaps] == list(probes.probes_of(extension))


def test_the_table_of_gaps_is_fresh():
    """It is written from what the extensions declare."""
    readme = table.README.read_text("utf-8")
    if readme != table.renewed(readme):
        pytest.fail(
            f"stale: {table.README.relative_to(ROOT)}\nWrite it anew:\n  {table.COMMAND}", pytrace=False
        )


def test_what_is_replaced_by_name_is_said():
    """There is little of it, since an upgrade of moto may break it."""
    replaced = [one for extension in EXTENSIONS.values() for one in extension.replacements]
    names = {f"{one.owner.__name__.removeprefix('moto.')}.{one.name}" for one in replaced}

    assert names == set(re.findall(r"`(\w+\.\w+\.\w+)`", table.README.read_text("utf-8").split("| gap |")[0]))
