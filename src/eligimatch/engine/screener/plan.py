"""The plan: all rules of all trials as one graph, in which equal parts are one node and equal leaves one leaf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeVar, assert_never

from eligimatch.engine.case import Case, study_concepts
from eligimatch.engine.facts import Facts, Language
from eligimatch.engine.kinship import ANY_TREATMENT, COMORBIDITY, STUDY_DISEASE
from eligimatch.engine.occurrences import speaks_of_study
from eligimatch.engine.screener.block import Block
from eligimatch.engine.screener.measures import Measured, Valued
from eligimatch.engine.screener.occurrences import Occurrence
from eligimatch.engine.screener.persons import Aged, Personal, Resulted, Said, Told, contraception, topics_of
from eligimatch.engine.screener.planes import Plane
from eligimatch.engine.screener.registry import Registry
from eligimatch.engine.screener.relevance import Relevance
from eligimatch.model.profile import Profile
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Purpose, Requiring, Rule, Statement, Unparsed
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion


class Leaf(Protocol):
    """What is answered once a block for all rules that ask it."""

    def plane(self, block: Block) -> Plane:
        """The truth for each person."""
        ...


class Node(NamedTuple):
    """A node of the graph: its parts come before it."""

    law: str
    """`leaf`, `unknown`, or what joins the parts: all_of, any_of, not, at_least, agreed, completed, exampled, chosen."""
    parts: tuple[int, ...] = ()
    least: int = 0


class Planned(NamedTuple):
    """A trial in the graph."""

    id: str
    criteria: tuple[tuple[Criterion, int], ...]
    """Each criterion with its node."""


class Plan:
    """The graph of some trials, and what each leaf knows so far."""

    def __init__(self, trials: Iterable[CompiledTrial], language: Language, registry: Registry, before: Plan | None = None) -> None:
        """`registry` holds what was said and denied so far: words that no one has said need no leaf. Leaves of the plan `before` are kept."""
        self.language = language
        self.registry = registry
        self.relevance: Relevance = before.relevance if before else Relevance(registry, language)
        self.nodes: list[Node] = []
        self.leaves: dict[int, Leaf] = {}
        self.kept: dict[Hashable, Leaf] = before.kept if before else {}
        """Every leaf that was ever made, by what it asks."""
        self._numbers: dict[Hashable, int] = {}
        self._nobody = Case(Facts(Profile(), language, date(2000, 1, 1)))
        self.trials = tuple(self._trial(trial) for trial in trials)
        self.uses = Counter(node for trial in self.trials for _, node in trial.criteria)
        """How often each node is asked for."""
        self.uses.update(part for node in self.nodes for part in node.parts)

    def _trial(self, trial: CompiledTrial) -> Planned:
        study = study_concepts(trial.conditions, self.language)
        return Planned(trial.id, tuple((criterion, self._criterion(criterion, study)) for criterion in trial.criteria))

    def _criterion(self, criterion: Criterion, study: tuple[str, ...]) -> int:
        text = criterion.clarified or criterion.text
        case = self._nobody._replace(study=study, text=text, demanded=criterion.kind != "exclusion")
        node = self._node(criterion.rule, case)
        if criterion.kind == "registry" or not self._someone_says(text):
            return node
        whole = self._leaf(("whole", text, case.demanded), lambda: Told(text, case, self.relevance, whole=True))
        return self._join("completed", (node, whole))

    # --- rules ---------------------------------------------------------------------------------------------------------------------------------

    def _node(self, rule: Rule, case: Case) -> int:
        match rule:
            case AllOf():
                return self._join("all_of", [self._node(part, case) for part in rule.rules])
            case AnyOf():
                return self._join("any_of", [self._node(part, case) for part in rule.rules])
            case AtLeast():
                return self._join("at_least", [self._node(part, case) for part in rule.rules], rule.count)
            case Not():
                return self._join("not", [self._node(rule.rule, case._replace(demanded=not case.demanded))])
            case Ambiguous():
                return self._join("agreed", [self._node(reading, case) for reading in rule.readings])
            case Unparsed():
                return self._join("unknown", ())
            case Measure() | Is() | Had() | Statement():
                return self._told(rule, case)
            case _:
                assert_never(rule)

    def _told(self, rule: Measure | Is | Had | Statement, case: Case) -> int:
        """A leaf, with what a statement in its own words says beside."""
        words = case.words(rule.span)
        node = self._fact(rule, case)
        by_words = isinstance(rule, (Measure, Had)) or (isinstance(rule, Is) and rule.concept is not None)
        if not by_words or not words or not self._someone_says(words):
            return node
        said = self._leaf(("words", words), lambda: Told(words, case, self.relevance, whole=False))
        return self._join("completed", (node, said))

    def _fact(self, rule: Measure | Is | Had | Statement, case: Case) -> int:
        match rule:
            case Measure():
                return self._measure(rule, case)
            case Is():
                return self._coded(rule, case)
            case Had():
                return self._had(rule, case)
            case Statement():
                return self._statement(rule, case)
            case _:
                assert_never(rule)

    def _measure(self, rule: Measure, case: Case) -> int:
        """A word for several measures is those, where no value bears the word itself."""
        bare = _bare(rule)
        silent = case._replace(study=(), text="", demanded=True)
        if rule.analyte.name == "age":
            return self._leaf(bare, lambda: Aged(bare, silent))
        node = self._leaf(bare, lambda: Measured(bare, silent, self.relevance))
        members = self.language.kinship.fact(rule.analyte.name, "members") if rule.analyte.linked else None
        if not isinstance(members, list):
            return node
        law = "any_of" if rule.interval.high is None and not rule.normal else "all_of"
        parts = [rule.model_copy(update={"analyte": rule.analyte.model_copy(update={"name": str(name)})}) for name in members]
        there = self._leaf(("valued", rule.analyte), lambda: Valued(rule, self.relevance))
        return self._join("chosen", (there, node, self._join(law, [self._measure(part, case) for part in parts])))

    def _coded(self, rule: Is, case: Case) -> int:
        bare = _bare(rule)
        silent = case._replace(text="", demanded=True, study=case.study if rule.fact == "volunteer" else ())
        if rule.concept is None:
            return self._leaf((bare, silent.study), lambda: Personal(bare, silent, self.relevance))
        return self._leaf(bare, lambda: Resulted(bare, silent, self.relevance))

    def _statement(self, rule: Statement, case: Case) -> int:
        """Words of the criterion around a topic may be said beside it: they count where anyone says anything of it."""
        bare = _bare(rule)
        heard = any(self.relevance.spoken(table, topic) for table in ("statements", "denials") for topic in topics_of(rule))
        alone = case._replace(study=(), demanded=True, text=case.text if heard or contraception(topics_of(rule)) else "")
        return self._leaf((bare, alone.text), lambda: Said(bare, alone, self.relevance))

    def _had(self, rule: Had, case: Case) -> int:
        """Examples of what only a person can judge are rules of their own."""
        node = self._occurrence(rule.model_copy(update={"examples": ()}), case)
        if not rule.examples:
            return node
        return self._join("exampled", (node, *(self._node(example, case) for example in rule.examples)))

    def _occurrence(self, rule: Had, case: Case) -> int:
        study = case.study if _of_study(rule) else ()
        if not _of_study(rule) and speaks_of_study(rule, case):
            study = (rule.concept.name,)  # which of its diseases is asked makes no difference
        narrowed = self.relevance.narrowing(rule)
        bare = rule if narrowed else _bare(rule)
        asked = case._replace(study=study, text=case.text if narrowed else "", demanded=case.demanded or rule.when != "window")
        key = (bare, study, asked.demanded, case.words(rule.span) if narrowed else "")
        return self._leaf(key, lambda: Occurrence(bare, asked, self.relevance))

    # --- the graph -----------------------------------------------------------------------------------------------------------------------------

    def _someone_says(self, words: str) -> bool:
        return bool(self.relevance.spoken("statements", words))

    def _leaf(self, key: Hashable, make: Callable[[], Leaf]) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._new(key, Node("leaf"))
            if key not in self.kept:
                self.kept[key] = make()
            self.leaves[number] = self.kept[key]
        return number

    def _join(self, law: str, parts: Sequence[int], count: int = 0) -> int:
        node = Node(law, tuple(parts), count)
        number = self._numbers.get(node)
        return self._new(node, node) if number is None else number

    def _new(self, key: Hashable, node: Node) -> int:
        self._numbers[key] = len(self.nodes)
        self.nodes.append(node)
        return len(self.nodes) - 1


Asking = TypeVar("Asking", Measure, Is, Had, Statement)


def _bare(rule: Asking) -> Asking:
    """A rule without its place in a text."""
    update: dict[str, object] = {"span": Span(0, 0)}
    if isinstance(rule, Measure):
        update["written"] = ""
    if isinstance(rule, Had):
        update["qualifiers"] = tuple(
            q.model_copy(update={"treatment": _bare(q.treatment)}) if isinstance(q, Requiring) else q for q in rule.qualifiers
        )
        update["but_not"] = tuple(_bare(one) for one in rule.but_not)
    return rule.model_copy(update=update)


def _of_study(rule: Had) -> bool:
    """Whether what is asked is told apart by the trial's own conditions."""
    rules = (rule, *rule.but_not, *(q.treatment for q in rule.qualifiers if isinstance(q, Requiring)))
    return any(
        one.other
        or one.study
        or one.concept.name in (ANY_TREATMENT, STUDY_DISEASE, COMORBIDITY)
        or any(isinstance(q, Purpose) and q.concept.name == STUDY_DISEASE for q in one.qualifiers)
        for one in rules
    )
