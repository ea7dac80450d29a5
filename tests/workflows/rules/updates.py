"""What Dependabot looks after: whatever is pinned."""

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch

from tests.workflows.declared import ROOT, Workflows


def looked_after(workflows: Workflows) -> Iterator[str]:
    """Actions, packages and providers, in each folder that pins some; nothing on the day that it comes out.

    https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference
    """
    folders = defaultdict(list)
    for one in workflows.documents["dependabot.yml"]["updates"]:
        folders[one["package-ecosystem"]] += one.get("directories", [one.get("directory")])
        if not one.get("cooldown", {}).get("default-days"):
            yield f"dependabot.yml: {one['package-ecosystem']} takes what nobody has tried: give it cooldown"
    locks = [lock for room in ("terraform", "tests") for lock in (ROOT / room).rglob(".terraform.lock.hcl")]
    actions = {f"/.github/{file.rpartition('/')[0]}" for file in workflows.texts if "action.yml" in file}
    pinned = {
        # A workflow's folder is that of the repository.
        "github-actions": {"/", *actions},
        "pip": {"/requirements"},
        "terraform": {f"/{lock.parent.relative_to(ROOT)}" for lock in locks},
    }
    for ecosystem, wanted in pinned.items():
        for folder in sorted(wanted):
            if not any(fnmatch(folder, pattern) for pattern in folders[ecosystem]):
                yield f"dependabot.yml: {ecosystem} of {folder} is looked after by nobody"
