"""The code in an expression: what is left of it without the texts that it quotes."""

import re

_SIMPLE = re.compile(r'"(?:[^"\\$]|\\.|\$(?!\{))*"')


def code(expression: str) -> str:
    """An expression as the reader gives it, with quoted text taken out and interpolations kept.

    `"${"${local.name}-aws_like.text"}"` is ` local.name `; a name in brackets stays, for it is part of a
    reference: `module.registry.arns["email-sender"]`.
    """
    if expression.startswith("("):
        return _code(expression, 0, "")[0]
    return _text(expression, 0, "")[0]


def _text(source: str, at: int, end: str) -> tuple[str, int]:
    """What stands in the interpolations of a text, up to the quote that ends it."""
    kept: list[str] = []
    while at < len(source):
        if source.startswith("$${", at):
            at += 3
        elif source.startswith(("${", "%{"), at):
            inner, at = _code(source, at + 2, "}")
            kept.append(f" {inner} ")
        elif source[at] == "\\":
            at += 2
        elif source[at] == end:
            return "".join(kept), at + 1
        else:
            at += 1
    return "".join(kept), at


def _code(source: str, at: int, end: str) -> tuple[str, int]:
    """Code up to the brace that ends it, without the texts in it."""
    kept: list[str] = []
    depth = 0
    while at < len(source):
        character = source[at]
        if character == '"':
            simple = _SIMPLE.match(source, at)
            if simple and source[at - 1 : at] == "[" and source[simple.end() : simple.end() + 1] == "]":
                kept.append(simple[0])
                at = simple.end()
            else:
                inner, at = _text(source, at + 1, '"')
                kept.append(f'"{inner}"')
            continue
        if character == "}" and depth == 0 and end:
            return "".join(kept), at + 1
        depth += {"{": 1, "}": -1}.get(character, 0)
        kept.append(character)
        at += 1
    return "".join(kept), at
