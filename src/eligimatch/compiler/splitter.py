"""A record's eligibility text to its outline: sections, groups, nested bullets, and what stands between them."""

from __future__ import annotations

from collections.abc import Sequence

from eligimatch.compiler import groups, sections, wording
from eligimatch.compiler.age_tables import continues_table
from eligimatch.compiler.arrangement import adopted, alternatives, missing, numbered
from eligimatch.compiler.enumerations import spread, without_numbers
from eligimatch.compiler.lines import Item, items
from eligimatch.compiler.nesting import Nest, Node
from eligimatch.compiler.normaliser import clean
from eligimatch.compiler.sentences import sentences
from eligimatch.model.outline import Aside, AsideKind, Outline, Side

LOOK_AHEAD = 40
"""Items within which a numbered list is expected to go on after an interruption."""


def split(eligibility: str, diseases: Sequence[str] = ()) -> Outline:
    """The outline of an eligibility text; every word of it is in a bullet or an aside. `diseases` are those that the trial studies."""
    found = list(spread(without_numbers(list(items(clean(eligibility))))))
    reader = _Reader(found, groups.headed_by([item.text for item in found], diseases))
    reader.read()
    return reader.outline()


class _Reader:
    """Goes through the items once; knows under which section, group and topic it stands."""

    def __init__(self, found: Sequence[Item], diseases: frozenset[tuple[str, ...]]) -> None:
        self.items = found
        self.diseases = diseases
        self.nodes: dict[Side, list[Node]] = {"inclusion": [], "exclusion": []}
        self.asides: list[Aside] = []
        self.nest = Nest()
        self.side: Side = "inclusion"
        self.section_group = ""
        self.whose = ""
        """The group of which the sections that follow ask: "Donors" over "Inclusion criteria"."""
        self.group = ""
        self.group_depth = -1
        self.context = ""
        self.outside = False
        self.interrupted = ""
        """The marks of the inclusions among which a list of exclusions stands."""
        self.previous = 0
        self.before: dict[Side, int] = {}
        """The last number of the record's own before each section's first bullet."""

    def read(self) -> None:
        for place, item in enumerate(self.items):
            if item.depth <= self.group_depth:
                self.group, self.group_depth = "", -1
            following = self.items[place + 1] if place + 1 < len(self.items) else None
            if self._begins_section(item) or self._names_whose(item, following):
                continue
            if not item.text or wording.empty(item.text) or wording.disclaims(item.text):
                self._aside(item, "empty" if len(item.text) < 30 and not wording.disclaims(item.text) else "disclaimer")
            elif self.outside:
                self._aside(item, "outside")
            elif word := wording.connective(item.text):
                self._tie(item, word)
            elif item.mark.style:
                self._bullet(item, following, place)
            else:
                self._paragraph(item, following, place)

    # --- headings ------------------------------------------------------------------------------------------------------

    def _begins_section(self, item: Item) -> bool:
        found = sections.section(item.text, bullet=bool(item.mark.style))
        if found is None:
            return False
        self.side, self.interrupted = found.side or self.side, ""
        self.outside = found.outside
        self.section_group, self.group, self.group_depth, self.context = found.group or self.whose, "", -1, found.context
        self.nest.clear()
        head = item.text[: len(item.text) - len(found.rest)] if found.rest else item.text
        self._aside(item._replace(text=head.rstrip()), "heading")
        if found.rest:
            self._paragraph(Item(found.rest, "", item.mark._replace(style="", number=0), item.depth, item.line), None, 0)
        return True

    def _names_whose(self, item: Item, following: Item | None) -> bool:
        """A line such as "Cohort B" or "Donors: who may give" over sections of its own."""
        after = sections.section(following.text, bullet=bool(following.mark.style)) if following and not item.mark.style else None
        label, colon, rest = item.text.partition(":")
        named = groups.group(label, label=not colon or bool(rest)) if after and after.side == "inclusion" and not after.group else None
        if named is None:
            return False
        self.whose = named
        self._aside(item, "heading")
        return True

    def _begins_group(self, item: Item, following: Item | None) -> bool:
        """A line such as "Cohort B:" or "Age:" over its own bullets."""
        if not (item.text.endswith((":", ":.")) or (following and following.mark.style)):
            return False
        named = groups.disease(item.text, self.diseases) or groups.group(item.text)
        topic = groups.topic(item.text) if named is None else ""
        if named is None and topic is None:
            return False
        if named is not None:
            self.group, self.context = named, ""
        else:
            self.context = topic or ""
        self.nest.clear()
        self._aside(item, "heading")
        return True

    def _introduces(self, item: Item, following: Item | None, place: int) -> bool:
        """A sentence that only says that criteria follow, or that they exclude."""
        if not (wording.leads(item.text) or (following and following.mark.style)):
            return False
        before, _, last = item.text.rpartition(". ")
        side = wording.introduces(last, self.side)
        if side is None:
            return False
        if before:
            self._add(item._replace(text=before + "."), 0)
        self.interrupted = self._interrupted(following, place) if side == "exclusion" else ""
        self.side = side
        self.nest.clear()
        self._aside(item._replace(text=last, marker="" if before else item.marker), "introduction")
        return True

    # --- bullets and paragraphs ------------------------------------------------------------------------------------------

    def _bullet(self, item: Item, following: Item | None, place: int) -> None:
        if self.interrupted and item.mark.style == self.interrupted:
            self.side, self.interrupted = "inclusion", ""
            self.nest.clear()
        if wording.notes(item.text) and self._append(item):
            return
        of_disease = groups.disease(item.text, self.diseases)
        deeper = following is not None and following.depth > item.depth + 1
        named = (of_disease or groups.group(item.text, label=True)) if deeper or item.text.endswith(":") else None
        if named is not None and following and (deeper or following.mark.style == item.mark.style):
            self.group, self.group_depth = named, item.depth if deeper else -1
            self._aside(item, "heading")
            self.nest.clear() if not self.nest.host(item.depth) else None
            return
        self._add(item, place)

    def _paragraph(self, item: Item, following: Item | None, place: int) -> None:
        host = self.nest.host(item.depth)
        if host is not None:
            self._beneath(item, host, place)
        elif wording.remarks(item.text) and self._append(item):
            return
        elif not self._begins_group(item, following) and not self._introduces(item, following, place):
            if wording.excludes(item.text):
                self.interrupted = self._interrupted(following, place)
                self.side = "exclusion"
                self.nest.clear()
            self._add(item, place)

    def _interrupted(self, following: Item | None, place: int) -> str:
        """The marks of the inclusions that go on after a list of exclusions with marks of its own; none where no exclusions come under a heading."""
        before = next((node.style for node in self.nodes["inclusion"] if node.style), "") if self.side == "inclusion" else ""
        if following is None or following.mark.style in ("", before):
            return ""
        later = (sections.section(item.text, bullet=bool(item.mark.style)) for item in self.items[place + 1 :])
        return before if any(found is not None and found.side == "exclusion" for found in later) else ""

    def _beneath(self, item: Item, host: Node, place: int) -> None:
        """An indented paragraph: words of the bullet above it, or an item that it introduces."""
        of_its_own = wording.leads(item.text) or (wording.leads(host.text) and not wording.remarks(item.text))
        if of_its_own or not self._append(item):
            self._add(item, place)

    def _add(self, item: Item, place: int) -> None:
        text, group = item.text, self.group
        if self.nest.last is not None and continues_table(self.nest.last.text, text):
            self._join(self.nest.last, item)
            return
        if label := groups.labelled(text, self.diseases):
            self._aside(item._replace(text=label[0], marker=""), "heading")
            group, text = label[1], label[2]
        group = "; ".join(filter(None, (self.section_group, group)))
        self.before.setdefault(self.side, self.previous)
        self.previous = item.mark.number or self.previous
        self.nest.place(Node(item, text, group, self.context), self.nodes[self.side], self.items[place + 1 : place + LOOK_AHEAD])

    def _append(self, item: Item) -> bool:
        """Words that belong to the bullet before them; not where that only introduces others."""
        last = self.nest.last
        if last is None or wording.leads(last.text):
            return False
        self._join(last, item)
        return True

    def _join(self, last: Node, item: Item) -> None:
        last.text = f"{last.text} {item.text}"
        last.marker = f"{last.marker} {item.marker}".strip()

    def _tie(self, item: Item, word: str) -> None:
        node = self.nest.neighbour(item.depth, self.nodes[self.side])
        if node is not None and word == "or":
            node.tied = True
        self._aside(item, "tie")

    def _aside(self, item: Item, kind: AsideKind) -> None:
        self.asides.append(Aside(f"{item.marker} {item.text}".strip(), kind, item.line))

    # --- the outline -------------------------------------------------------------------------------------------------------

    def outline(self) -> Outline:
        """What was read, arranged and numbered."""
        sums: list[Node] = []
        found = {side: self._arranged(side, nodes, sums) for side, nodes in self.nodes.items()}
        for node in sums:
            self.asides.append(Aside(f"{node.marker} {node.text}".strip(), "introduction", node.item.line))
        return Outline(
            numbered(found["inclusion"]),
            numbered(found["exclusion"]),
            tuple(f"{side[0].upper()}{number}" for side, nodes in found.items() for number in missing(nodes, self.before.get(side, 0))),
            tuple(sorted(self.asides, key=lambda aside: aside.line)),
        )

    def _arranged(self, side: Side, nodes: list[Node], sums: list[Node]) -> list[Node]:
        """One bullet over all others gives way to them; one paragraph is taken as its sentences."""
        if len(nodes) == 1 and nodes[0].children and wording.heads_list(nodes[0].text, side):
            sums.append(nodes[0])
            nodes = nodes[0].children
        elif len(nodes) == 1 and not nodes[0].style and not nodes[0].children:
            marker, nodes = nodes[0].marker, [nodes[0].with_text(sentence) for sentence in sentences(nodes[0].text)]
            nodes[0].marker = marker
        return alternatives(adopted(nodes, side, sums), side)
