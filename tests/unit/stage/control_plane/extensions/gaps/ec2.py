"""Gaps of EC2."""


def _described(aws, peer):
    """Description of a new rule about a peer."""
    ec2 = aws("ec2")
    group = ec2.create_security_group(GroupName="task", Description="task")["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer(ec2, group)}
    rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    ids = [one["SecurityGroupRuleId"] for one in rule["SecurityGroupRules"]]
    (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=ids)["SecurityGroupRules"]
    return found.get("Description")


def description_of_group_rule(aws):
    """It comes back."""
    return "Told" == _described(
        aws, lambda _, group: {"UserIdGroupPairs": [{"GroupId": group, "Description": "Told"}]}
    )


def description_of_prefix_list_rule(aws):
    """It comes back."""

    def peer(ec2, _):
        prefix_list = ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]
        return {"PrefixListIds": [{"PrefixListId": prefix_list, "Description": "Told"}]}

    return "Told" == _described(aws, peer)
