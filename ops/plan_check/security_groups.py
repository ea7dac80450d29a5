"""Security groups that are opened further than before."""

from collections.abc import Iterator, Sequence

from ops.plan_check.change import Change
from ops.plan_check.finding import Finding, Kind
from ops.plan_check.openings import Opening, openings
from ops.plan_check.values import UNKNOWN

# Those of a public web server: what a new load balancer is there for.
_WEB_PORTS = (80, 443)


def opened(changes: Sequence[Change]) -> Iterator[Finding]:
    """Openings that nothing covered before, of groups that stand or of new ones that take in everyone.

    A group's openings are taken together, wherever they are declared: a rule that only moves, or is split in
    two, opens nothing.
    """
    before = [one for change in changes for one in openings(change, change.before)]
    after = [one for change in changes for one in openings(change, change.after)]
    for change in changes:
        if change.idle or change.deletes:
            continue
        own = list(openings(change, change.before))
        for one in dict.fromkeys(openings(change, change.after)):
            stood = [*own, *(other for other in before if other.group == one.group)]
            if any(other.covers(one) for other in stood):
                continue
            if not own and _is_new(change, one):
                sentence = _danger_of_new_group(one)
            else:
                alike = [other for other in stood if other.inward == one.inward]
                stays = [other for other in after if other.group == one.group]
                sentence = _danger(one, alike, [other for other in alike if other not in stays])
            if sentence:
                yield Finding(
                    change.address, Kind.NETWORK, sentence, one.attribute, _before(one, own), str(one)
                )


def _is_new(change: Change, one: Opening) -> bool:
    """Whether the group is made by the same plan: its id is not known yet."""
    declares_group = not change.type.endswith("_rule")
    return one.group is UNKNOWN or (change.creates and declares_group)


def _danger_of_new_group(one: Opening) -> str:
    return (
        "A new security group lets in everyone."
        if one.inward and one.to_everyone and not _is_web(one)
        else ""
    )


def _danger(one: Opening, stood: Sequence[Opening], gone: Sequence[Opening]) -> str:
    """The danger of an opening that was not there, as a sentence; empty if there is none.

    Args:
        one: The opening.
        stood: What the group opened before in the same direction.
        gone: What of it is not there any more.
    """
    known_peer = [other for other in stood if other.covers_peer(one)]
    if one.to_everyone:
        return _danger_of_everyone(one, already=bool(known_peer))
    if one.is_wide:
        return f"The security group is opened on {'every protocol' if one.every_protocol else 'many ports'}."
    if not one.inward:
        return ""
    if known_peer:
        wider = any(one.covers_ports(other) for other in known_peer)
        foreign = one.network is not None and not _is_web(one)
        return "The security group is opened on further ports." if wider or foreign else ""
    return _danger_of_new_peer(one, gone)


def _danger_of_everyone(one: Opening, *, already: bool) -> str:
    # Whoever is open to everyone anyway opens no more by the port of the web, or by another way out.
    if already and not one.is_wide and (not one.inward or _is_web(one)):
        return ""
    if one.inward:
        return "The security group is opened to everyone."
    return "The security group lets its members connect to the whole internet."


def _danger_of_new_peer(one: Opening, gone: Sequence[Opening]) -> str:
    if one.network is not None:
        if any(other.network is None and other.meets_ports(one) for other in gone):
            return "The security group is opened to a block of addresses, where it named another group."
        return "The security group is opened to further addresses."
    if one.peer.startswith("pl-"):
        return "The security group is opened to the addresses of a prefix list."
    return ""


def _is_web(one: Opening) -> bool:
    return one.protocol == "tcp" and one.ports[0] == one.ports[1] and one.ports[0] in _WEB_PORTS


def _before(one: Opening, own: Sequence[Opening]) -> str:
    """Openings of the same resource before, in the same direction."""
    return ", ".join(str(other) for other in own if other.inward == one.inward)
