"""The boundary without which a deployment makes no role is on every role, and nobody has to know of it."""


def _boundaries(plan):
    return {role.get("permissions_boundary") for role in plan.all("aws_iam_role").values()}


def test_the_system_finds_the_boundary_that_its_account_was_prepared_with(staging, bootstrap):
    """By its name: what bootstrap/ makes and what the system's roles bear are one ARN."""
    assert staging.variables["permissions_boundary_arn"] is None
    assert _boundaries(staging) == {bootstrap.outputs["permissions_boundary_arn"]}
    policies = {f"{one['path']}{one['name']}" for one in bootstrap.all("aws_iam_policy").values()}
    assert bootstrap.outputs["permissions_boundary_arn"].partition(":policy")[2] in policies


def test_every_role_has_the_boundary(cell):
    """One that a module forgot would be refused in the middle of an apply."""
    named = cell.variables["permissions_boundary_arn"]
    path = f"{cell.variables['name']}-bootstrap/{cell.variables['name']}-workload-boundary"
    assert _boundaries(cell) == {named or f"arn:aws:iam::{cell.variables['aws_account_id']}:policy/{path}"}


def test_there_is_a_way_to_go_without(rehearsed):
    """An account that was prepared in another way may have no such policy."""
    assert "none" == rehearsed.variables["permissions_boundary_arn"]
    assert {None} == _boundaries(rehearsed)
