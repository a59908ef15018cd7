"""Items in reading order to a tree: by indentation, by changes of marker, by words that introduce what follows."""

from __future__ import annotations

from collections.abc import Sequence

from eligimatch.compiler.lines import Item
from eligimatch.compiler.wording import leads

SAME_COLUMN = 1
"""Markers this many columns apart stand at one level: " 9." and "10." are aligned to the right."""
DEEPEST = 12
"""Levels of bullets that are told apart; what is indented further stays on the last."""
_INNER_STYLES = frozenset("o - – — -- ° a. a) (a) i. i) (i) (1) 1.1 1a ◦ ○".split())


class Node:
    """A bullet while its record is being read."""

    __slots__ = ("any_of", "block", "children", "context", "depth", "group", "item", "loose", "marker", "number", "style", "text", "tied")

    def __init__(self, item: Item, text: str, group: str, context: str) -> None:
        self.item = item
        self.text = text
        self.group = group
        self.context = context
        self.style = item.mark.style
        self.number = item.mark.number
        self.depth = item.depth
        self.children: list[Node] = []
        self.loose = False
        self.marker = item.marker
        self.any_of = False
        self.tied = False
        """An "or" of its own line stands between it and the next."""
        self.block = 0
        """Which uninterrupted list of the record it is in."""

    def with_text(self, text: str) -> Node:
        """A node in the same place with other words."""
        node = Node(self.item, text, self.group, self.context)
        node.block = self.block
        return node


class Nest:
    """The open bullets, outermost first, and where the next one belongs."""

    def __init__(self) -> None:
        self.open: list[Node] = []
        self.last: Node | None = None
        self.block = 0

    def clear(self) -> None:
        """Forget the open bullets: a heading stands before the next one."""
        self.open.clear()
        self.last = None
        self.block += 1

    def host(self, depth: int) -> Node | None:
        """The innermost open bullet that stands further left than `depth`."""
        return next((node for node in reversed(self.open) if node.depth < depth - SAME_COLUMN), None)

    def neighbour(self, depth: int, siblings: list[Node]) -> Node | None:
        """The last bullet of the list in that column, where `siblings` is the outermost one."""
        found = None
        while siblings and (found is None or siblings[-1].depth <= depth + SAME_COLUMN):
            found = siblings[-1]
            siblings = found.children
        return found

    def place(self, node: Node, siblings: list[Node], later: Sequence[Item]) -> None:
        """Put the node under the bullet it belongs to, else among `siblings`; `later` are the items after it."""
        node.block = self.block
        while self.open and self.open[-1].depth > node.depth + SAME_COLUMN:
            self.open.pop()
        del self.open[DEEPEST:]
        parent = self._parent(node, later)
        (parent.children if parent else siblings).append(node)
        self.open.append(node)
        self.last = node

    def _parent(self, node: Node, later: Sequence[Item]) -> Node | None:
        """The node's parent; leaves open only what is above it."""
        level = self._level(node)
        if level and not self._continues(level[-1], node):
            if any(above.style == node.style for above in level):
                while self.open.pop().style != node.style:
                    pass
            elif not self._below(level[-1], node, later):
                self.open.pop()
        return self.open[-1] if self.open else None

    def _continues(self, above: Node, node: Node) -> bool:
        """A paragraph right after a lead-in with a marker is what that introduces."""
        return not node.style and bool(above.style) and not above.children and leads(above.text)

    def _level(self, node: Node) -> list[Node]:
        """The open bullets in the node's own column."""
        return [above for above in self.open if above.depth >= node.depth - SAME_COLUMN]

    def _below(self, above: Node, node: Node, later: Sequence[Item]) -> bool:
        """Whether a node with another marker in the same column is a sub-bullet of the open one."""
        if leads(above.text):
            return True
        if not node.style or not above.style:
            return False
        if node.style in _INNER_STYLES and above.style not in _INNER_STYLES and node.number <= 1:
            return True
        return above.number > 0 and node.number == 0 and _resumes(above, later)


def _resumes(above: Node, later: Sequence[Item]) -> bool:
    """Whether the numbered list goes on after the node: what lies between is part of its last item."""
    return any(item.mark.style == above.style and item.mark.number == above.number + 1 and item.depth == above.depth for item in later)
