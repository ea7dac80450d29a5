"""The verdict for machines."""

import json
from dataclasses import asdict

from verify.report.findings import Findings
from verify.rights.facts import facts


def as_json(findings: Findings) -> str:
    """Every check of every scenario, the verdict over all, and what a reader of it has to know."""
    return json.dumps(
        {
            "verdict": findings.verdict,
            "target": findings.target,
            "began_at": findings.began_at.isoformat(),
            "command": findings.command,
            "notes": findings.notes,
            "repeated": findings.repeated,
            "scenarios": [
                {
                    "title": finding.title,
                    "outcome": finding.outcome,
                    "seconds": round(finding.seconds, 1),
                    "checks": [asdict(check) for check in finding.checks],
                }
                for finding in findings.found
            ],
            "enforced": [asdict(each) for each in findings.enforced],
            "rights": None if findings.rights is None else facts(findings.rights),
            "phases": [asdict(phase) for phase in findings.phases],
            "versions": dict(findings.versions),
        },
        indent=2,
        ensure_ascii=False,
    )
