"""What checkov is told to leave alone, it is told for a reason."""

import re

from tests.plan.offline import ROOT_MODULE

CONFIGURATION = (ROOT_MODULE / ".checkov.yaml").read_text()


def test_every_skip_for_all_has_its_reason_above_it():
    """A comment stands above each group of skips."""
    _, _, skips = CONFIGURATION.partition("\nskip-check:\n")
    groups = re.findall(r"((?:^  # .+\n)+)((?:^  - CKV\w+\n?)+)", skips, re.MULTILINE)
    reasoned = [check for _, checks in groups for check in re.findall(r"CKV\w+", checks)]
    assert reasoned == re.findall(r"^  - (\S+)$", skips, re.MULTILINE)
    assert len(reasoned) == len(set(reasoned)) == 13


def test_every_skip_of_one_resource_has_its_reason_beside_it():
    """The comment in the code says why, after the check's name."""
    text = "\n".join(path.read_text() for path in ROOT_MODULE.rglob("*.tf") if ".terraform" not in path.parts)
    skips = re.findall(r"checkov:skip=(.*)", text)
    assert [] == [skip for skip in skips if not re.fullmatch(r"CKV\w+:.{15,}", skip)]
    assert skips
