"""A section's tree of bullets to the outline's: lead-ins take their items, alternatives stand together, numbers are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from eligimatch.compiler.nesting import Node
from eligimatch.compiler.wording import leads, sums_up
from eligimatch.model.outline import Bullet, Side

_OR_NEXT = re.compile(r"\b(?:and/)?or\W*$", re.IGNORECASE)
_IN_SERIES = re.compile(r"[,;]$")
_OR_BEFORE = re.compile(r"(?:and/)?or\b(?! (?:more|less|greater|older|equal))", re.IGNORECASE)
_OPENS = re.compile(
    r"(?:all )?(?:patients?|subjects?|participants?) (?:must|should|with|who|has|have|is|are)\b|must\b|age|aged|≥ ?18|ecog"
    r"|eastern cooperative|karnofsky|performance status"
    r"|willing|ability|able|unable|capable|signed|written|provi(?:de|sion)|informed|consent|agree|wom[ae]n|females?|males?|men\b|adequate"
    r"|life expectancy|expected"
    r"|negative (?:serum |urine )?pregnancy|pregnan|histolog|known|no\b|at least \d+ (?:years|weeks)",
    re.IGNORECASE,
)
FIRST_NUMBER_AT_MOST = 6
"""A list that begins with a higher number of its own has lost no bullets: the number is something else."""

# --- lead-ins that stand in the column of what they introduce --------------------------------------------------------------------


def adopted(nodes: list[Node], side: Side, sums: list[Node]) -> list[Node]:
    """The nodes, lead-ins holding the bullets after them; those that ask no more than their items go to `sums`."""
    result: list[Node] = []
    place = 0
    while place < len(nodes):
        node = nodes[place]
        place += 1
        node.children = adopted(node.children, side, sums)
        if node.children or not leads(node.text):
            result.append(node)
            continue
        run = list(_run(node, islice(nodes, place, None)))
        if run and sums_up(node.text, side):
            sums.append(node)
            continue
        result.append(node)
        place += len(_take(node, run, side, sums))
    return result


def _take(node: Node, run: list[Node], side: Side, sums: list[Node]) -> list[Node]:
    """The bullets of the run that the node takes; where they are tied by "or", only those."""
    tied = next((count for count, item in enumerate(run, start=1) if not _OR_NEXT.search(item.text)), len(run))
    taken = run[:tied] if tied > 1 else run
    node.loose = len(taken) > 1 and tied == 1
    node.children = adopted(taken, side, sums)
    return taken


def _run(node: Node, after: Iterable[Node]) -> Iterator[Node]:
    """The next bullets of the same list, up to another lead-in or a bullet that opens a matter of its own.

    A numbered list's next number is no sub-bullet.
    """
    opens = None
    for other in () if node.number else after:
        if opens is False and _OPENS.match(other.text):
            return
        opens = bool(_OPENS.match(other.text)) if opens is None else opens
        if other.group != node.group or other.block != node.block or other.number or (leads(other.text) and not other.children):
            return
        yield other


# --- alternatives ---------------------------------------------------------------------------------------------------------------


def alternatives(nodes: list[Node], side: Side) -> list[Node]:
    """Neighbours that the record ties with "or", together under a node without words, at every level.

    Exclusions are alternatives in any case.
    """
    for node in nodes:
        node.children = _within(node)
    return list(_grouped(nodes, within=False)) if side == "inclusion" else nodes


def _within(node: Node) -> list[Node]:
    """A bullet's children; where all are tied the bullet itself says so."""
    for child in node.children:
        child.children = _within(child)
    grouped = list(_grouped(node.children, within=True))
    if len(grouped) == 1 and len(node.children) > 1:
        node.any_of = True
        return node.children
    return grouped


def _grouped(nodes: list[Node], *, within: bool) -> Iterator[Node]:
    """`within` a bullet, "a, / b, or / c" ties all three; in a section's own list an "or" ties two neighbours."""
    series = _series(nodes) if within else [False] * len(nodes)
    run: list[Node] = []
    for place, node in enumerate(nodes):
        run.append(node)
        following = nodes[place + 1] if place + 1 < len(nodes) else None
        if following is None or not (_tied(node, following) or (series[place] and _of_one_list(node, following))):
            yield run[0] if len(run) == 1 else _together(run)
            run = []


def _series(nodes: list[Node]) -> list[bool]:
    """Whether each item ends in a comma and those after it, commas too, come to an "or"."""
    result, comes_to_or = [], False
    for node in reversed(nodes):
        comma = _IN_SERIES.search(node.text) is not None
        result.append(comma and comes_to_or)
        comes_to_or = comes_to_or if comma else _OR_NEXT.search(node.text) is not None
    return result[::-1]


def _tied(node: Node, following: Node) -> bool:
    return _of_one_list(node, following) and bool(node.tied or _OR_NEXT.search(node.text) or _OR_BEFORE.match(following.text))


def _of_one_list(node: Node, following: Node) -> bool:
    return following.group == node.group and following.block == node.block


def _together(run: list[Node]) -> Node:
    node = run[0].with_text("")
    node.number, node.style = run[0].number, run[0].style
    node.children, node.any_of = run, True
    return node


# --- numbers ----------------------------------------------------------------------------------------------------------------------


def numbered(nodes: list[Node], above: str = "") -> tuple[Bullet, ...]:
    """The bullets with their numbers: the source's where it gives them and they rise, else the next."""
    bullets, last = [], 0
    for node in nodes:
        last = node.number if last < node.number <= last + FIRST_NUMBER_AT_MOST * 4 and node.style != "①" else last + 1
        number = f"{above}{last}"
        bullets.append(_bullet(node, number))
    return tuple(bullets)


def _bullet(node: Node, number: str) -> Bullet:
    children = numbered(node.children, f"{number}.") if node.children else ()
    return Bullet(number, node.text, children, node.group, node.item.line, node.marker if node.text else "", node.context, node.loose, node.any_of)


def missing(nodes: list[Node], before: int) -> range:
    """The numbers that a section's own numbering skips at its start; `before` is the last of the other section."""
    first = nodes[0].number if nodes and nodes[0].style in ("1.", "1)", "(1)") else 1
    return range(1, first) if first <= FIRST_NUMBER_AT_MOST and first != before + 1 else range(0)
