"""Names of condition keys: those of AWS itself, and those that stand for more than one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import re
from functools import cache, lru_cache

_KEPT = 65536
# What a name is filled in with: a tag's key, a key of an encryption context.
_PLACE = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$")

GLOBAL = frozenset(
    {
        "aws:AssumedRoot",
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:ChatbotSourceArn",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalTag/${TagKey}",
        "aws:PrincipalType",
        "aws:Referer",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "aws:userid",
        "aws:username",
        "ec2:SourceInstanceArn",
        "lambda:SourceFunctionArn",
    }
)
"""Keys that any request may have, whatever it is about."""
OF_TAGS = frozenset({"aws:RequestTag/${TagKey}", "aws:ResourceTag/${TagKey}", "aws:TagKeys"})
"""Keys of AWS itself that only some actions and types of resource know."""
MULTIVALUED = frozenset(
    {
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    }
)
"""Keys of AWS itself that may have several values in one request."""


@lru_cache(maxsize=_KEPT)
def is_among(key: str, names: frozenset[str]) -> bool:
    """Whether a key is one of some, whatever its places are filled in with.

    Args:
        key: As in a policy or request, in large or small letters: "aws:RequestTag/Application".
        names: As AWS lists them: "aws:RequestTag/${TagKey}".
    """
    return _expression(names).fullmatch(key) is not None


@cache
def _expression(names: frozenset[str]) -> re.Pattern[str]:
    # Sorted, so that the same names are the same expression.
    forms = (".+".join(re.escape(part) for part in _PLACE.split(name)) for name in sorted(names))
    return re.compile("|".join(forms) or r"(?!)", re.IGNORECASE | re.DOTALL)
