"""Whether tasks may do all that they do."""

from verify.record import ScenarioRecord
from verify.rights.reasons import name_of
from verify.verdict.check import Basis, Check, judged


def rights_suffice(record: ScenarioRecord) -> Check:
    """No call of a task, or of ECS on its behalf, is refused: its rights are there until it has ended.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html
    """
    expectation = "no call of a task, or of ECS on its behalf, is refused"
    if record.refused is None:
        return Check("rights_suffice", "pass", "nobody sees from here what is refused", expectation)
    return judged(
        "rights_suffice",
        expectation,
        f"{sum(one.count for one in record.refused)} refused",
        (f"{name_of(one.principal)}, {one.count} times: {one.message}" for one in record.refused),
        basis=Basis.DECISIONS,
    )
