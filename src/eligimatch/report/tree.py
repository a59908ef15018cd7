"""Compiled trials and their rules as trees, and how much of them was read as a table, both for rich."""

from __future__ import annotations

from collections import Counter

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from eligimatch.model.family import FAMILIES, Read
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Not, Rule, Unparsed, children
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion, Form
from eligimatch.report.underline import numbered
from eligimatch.report.words import sentence

_MOST = 0.9
_GOOD = (Form.TYPED, Form.STATEMENT)


def trial_tree(trial: CompiledTrial, width: int) -> RenderableType:
    """A trial's criteria, each with its rule."""
    tree = Tree(Text.assemble((trial.id, "bold"), f"  {trial.title}"), guide_style="dim")
    for criterion in trial.criteria:
        _branch(tree.add(_heading(criterion, width)), criterion)
    return tree


def criterion_tree(criterion: Criterion, width: int, exactly: str) -> RenderableType:
    """One criterion by itself: its words, their rule as a tree, the rule in words, and words that compile to it where these are others."""
    said = sentence(criterion.rule)
    more = [] if exactly == said else [Text(f"exactly: {exactly}", style="cyan")]
    return Group(_branch(Tree(_heading(criterion, width), guide_style="dim"), criterion), Text(f"says: {said}", style="cyan"), *more)


def coverage(counted: Counter[Read]) -> RenderableType:
    """Criteria by form and section, and by form and what they ask about: one that asks about several things counts under each."""
    total = sum(counted.values())
    forms = _table("form", "inclusion", "exclusion", "registry", "all", "share")
    for form in Form:
        row = [sum(n for read, n in counted.items() if (read.form, read.section) == (form, kind)) for kind in ("inclusion", "exclusion", "registry")]
        forms.add_row(form, *map(str, (*row, sum(row))), _share(sum(row), total))
    asked = _table("asks about", *Form, "all", "typed or statement")
    for family in (*FAMILIES, ""):
        told = Counter[Form]()
        for read, n in counted.items():
            told[read.form] += n if family in read.families or (not family and not read.families) else 0
        if all_ := told.total():
            row = [told[form] for form in Form]
            asked.add_row(family or "nothing understood", *map(str, (*row, all_)), _share(sum(told[form] for form in _GOOD), all_))
    return Group(forms, "", asked)


def _table(first: str, *titles: str) -> Table:
    table = Table(first, box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, justify="right")
    return table


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):.1%}"


def _heading(criterion: Criterion, width: int) -> RenderableType:
    style = "green" if criterion.form in _GOOD else "yellow" if criterion.form is Form.OPEN else "red"
    rows = [Text.assemble((criterion.id, "bold"), " ", (criterion.form, style))]
    if criterion.clarified:
        rows += [Text(row) for row in numbered(criterion.text, (), width)]
        rows.append(Text("clarified, read as:", style="bold cyan"))
    rows += [Text(row) for row in numbered(criterion.clarified or criterion.text, [residue.span for residue in criterion.residue], width)]
    return Group(*rows)


def _branch(tree: Tree, criterion: Criterion) -> Tree:
    for index, residue in enumerate(criterion.residue, 1):
        expected = f", expected {residue.expected}" if residue.expected else ""
        tree.add(Text(f"{index} not understood{expected}", style="red"))
    return _add(tree, criterion.rule, criterion.clarified or criterion.text)


def _add(tree: Tree, rule: Rule, text: str) -> Tree:
    node = tree.add(_label(rule, text))
    for child in children(rule):
        _add(node, child, text)
    if isinstance(rule, Had):
        for title, members in (("except", rule.but_not), ("such as", rule.examples)):
            if members:
                branch = node.add(Text(title, style="dim"))
                for member in members:
                    _add(branch, member, text)
    return tree


def _label(rule: Rule, text: str) -> Text:
    match rule:
        case AllOf():
            return Text("all of" if rule.rules else "everyone", style="bold")
        case AnyOf():
            return Text("any of", style="bold")
        case Not():
            return Text("not", style="bold")
        case AtLeast():
            return Text(f"at least {rule.count} of", style="bold")
        case Ambiguous():
            return Text("readings: decided only where all agree", style="bold yellow")
        case Unparsed():
            return Text.assemble(("unparsed ", "bold red"), rule.text)
        case Had():
            shown = sentence(rule.model_copy(update={"but_not": (), "examples": ()}))
            return Text.assemble((f"{rule.node} ", "bold"), shown, *_open(rule), (_quoted(rule.span, text), "dim"))
        case _:
            return Text.assemble((f"{rule.node} ", "bold"), sentence(rule), (_quoted(rule.span, text), "dim"))


def _open(rule: Had) -> list[tuple[str, str]]:
    return [] if rule.concept.linked else [(" (only words)", "yellow")]


def _quoted(span: Span, text: str) -> str:
    """The words that a leaf answers, where these are not all there is."""
    words = text[span.start : span.end]
    return f"  “{words}”" if words and len(words) < _MOST * len(text) else ""
