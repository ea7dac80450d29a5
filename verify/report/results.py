"""The verdict for machines."""

import json
from dataclasses import asdict

from verify.report.findings import Findings


def as_json(findings: Findings) -> str:
    """Every check of every scenario, and the verdict over all."""
    return json.dumps(
        {
            "verdict": findings.verdict,
            "target": findings.target,
            "began_at": findings.began_at.isoformat(),
            "notes": findings.notes,
            "scenarios": [
                {"title": finding.title, "checks": [asdict(check) for check in finding.checks]}
                for finding in findings.found
            ],
        },
        indent=2,
        ensure_ascii=False,
    )
