import pytest


@pytest.fixture
def ec2(client):
    """EC2 with its default VPC."""
    return client("ec2")


@pytest.fixture
def group(ec2):
    """Id of a security group."""
    return ec2.create_security_group(GroupName="task", Description="task")["GroupId"]


def permission(**peer):
    """Traffic to port 443."""
    return [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}]


def described(ec2, rule):
    """Description of a rule."""
    (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    return found.get("Description")


@pytest.fixture
def by_reference(ec2, group):
    """Id of a rule that names a group."""
    peer = {"UserIdGroupPairs": [{"GroupId": group, "Description": "From tasks"}]}
    answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission(**peer))
    return answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def test_a_rule_by_reference_keeps_its_description(ec2, by_reference):
    """Terraform compares it with what is declared."""
    assert "From tasks" == described(ec2, by_reference)


def test_a_rule_by_prefix_list_keeps_its_description(ec2, group):
    """As one that names a group does."""
    prefix_list = ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]
    peer = {"PrefixListIds": [{"PrefixListId": prefix_list, "Description": "To S3"}]}
    answer = ec2.authorize_security_group_egress(GroupId=group, IpPermissions=permission(**peer))

    assert "To S3" == described(ec2, answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def test_a_description_can_be_changed(ec2, group, by_reference):
    """The newest one is shown."""
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "ReferencedGroupId": group,
        "Description": "From the canary's tasks",
    }
    ec2.modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[{"SecurityGroupRuleId": by_reference, "SecurityGroupRule": rule}],
    )

    assert "From the canary's tasks" == described(ec2, by_reference)
