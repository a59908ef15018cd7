"""One criterion's words into its rule: lex, tag, parse, build."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter

from eligimatch.compiler.abbreviations import Definitions, definitions
from eligimatch.compiler.absences import or_not_asked
from eligimatch.compiler.active import without_dormant
from eligimatch.compiler.age_tables import age_table, in_words, with_table, without_table
from eligimatch.compiler.anything import judged_among_others
from eligimatch.compiler.bare_events import or_over
from eligimatch.compiler.bare_treatments import in_the_next, not_lasting, or_before, or_for_disease, or_going_on, or_of_it, or_planned, or_to_come
from eligimatch.compiler.builder import Builder
from eligimatch.compiler.concepts import MOST_KEPT, Linker
from eligimatch.compiler.doses_meant import of_the_drug
from eligimatch.compiler.evidenced import or_its_evidence
from eligimatch.compiler.examples import like_the_whole
from eligimatch.compiler.expansions import expansions
from eligimatch.compiler.explicit import Explicit
from eligimatch.compiler.fitness import of_organs
from eligimatch.compiler.graded import at_most
from eligimatch.compiler.inline_lists import inline_list
from eligimatch.compiler.largest import joined, words_of
from eligimatch.compiler.last_times import all_that_time, in_judged_time, timed_alike
from eligimatch.compiler.lexer import lex
from eligimatch.compiler.lexicon import Lexicon
from eligimatch.compiler.measures import Measurer
from eligimatch.compiler.misplaced import by_intent
from eligimatch.compiler.named import named
from eligimatch.compiler.needs import or_needed
from eligimatch.compiler.not_given import not_given
from eligimatch.compiler.not_had import not_had
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.own_histories import own_history
from eligimatch.compiler.parser import NotUnderstood, Parser
from eligimatch.compiler.participations import participation, taking_part
from eligimatch.compiler.people import asked_of_some, of_one_sex
from eligimatch.compiler.permissions import otherwise
from eligimatch.compiler.plain_words import PLAIN
from eligimatch.compiler.sentence_read import Read, Side
from eligimatch.compiler.shared_ends import of_all
from eligimatch.compiler.study_diseases import of_the_person
from eligimatch.compiler.substitutes import with_substitute
from eligimatch.compiler.tagger import Sentence, tag
from eligimatch.compiler.taken import taken
from eligimatch.compiler.told import told
from eligimatch.compiler.trials import compile_trial
from eligimatch.compiler.unasked import frees, no_criterion, of_a_donor
from eligimatch.compiler.washed_out import without_proof
from eligimatch.model.rule import (
    AllOf,
    Ambiguous,
    AnyOf,
    Had,
    Is,
    Judged,
    Measure,
    Purpose,
    Qualifier,
    Requiring,
    Rule,
    Statement,
    Unparsed,
    leaves,
)  # fmt: skip
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion, Form, Residue, Trial
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded

_START, _END = attrgetter("start"), attrgetter("end")
_FOR_OTHERS = re.compile(
    r"\b(?:or|and),? for (?:both |all |the )?(?:(?:wo)?men(?: and (?:wo)?men)?|males|females|patients|participants|subjects)\b,", re.IGNORECASE
)
DEEPEST = 8
"""Parentheses in parentheses beyond which no criterion is written."""


class Compiler:
    """The language: everything that reading a criterion needs, made once."""

    def __init__(self, vocabulary: Vocabulary, units: Units, lexicon: Lexicon, parser: Parser) -> None:
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.parser = parser
        self.linker = Linker(vocabulary)
        self.measurer = Measurer(self.linker, units)
        self.abbreviations: Definitions = {}
        self._knows = lru_cache(MOST_KEPT)(self._all_known)
        self.explicit = Explicit(lambda text: self._read(text, "inclusion"), vocabulary)

    def of_record(self, texts: Iterable[str]) -> Compiler:
        """The compiler of a record, whose abbreviations are its own."""
        found = definitions(texts, self.lexicon, self.vocabulary)
        if not found:
            return self
        compiler = copy(self)
        compiler.abbreviations = found
        return compiler

    def rule(self, text: str, side: Side) -> Rule:
        """The rule of one bullet's own words, by each meaning of their abbreviations."""
        expanded = expansions(text, self.abbreviations, self.lexicon) if self.abbreviations else []
        readings = tuple(dict.fromkeys(one.restored(self._said(one.text, side), text) for one in expanded))
        if len(readings) > 1:
            return Ambiguous(readings=readings, span=Span(0, len(text)))
        return readings[0] if readings else self._said(text, side)

    def _said(self, text: str, side: Side) -> Rule:
        if (own := own_history(text)) is not None:
            return own.restored(self._said(own.text, side), text)
        return self.explicit.read(text) or inline_list(text, side, self._said) or named(self._in_words(text, side), text, self._knows)

    def _in_words(self, text: str, side: Side) -> Rule:
        if side == "inclusion" and (table := age_table(text)):
            rule = with_table(self._rule(without_table(text, table), side), table, self.measurer)
            return self._rule(text, side) if in_words(rule) else rule
        return self._rule(text, side)

    def _rule(self, text: str, side: Side) -> Rule:
        if (found := participation(text)) and (given := taking_part(self._read(found.text, side), found)):
            return given
        rule = timed_alike(self._read(text, side), text)
        rule = without_proof(rule, text) if side == "inclusion" else rule
        return with_substitute(of_one_sex(asked_of_some(rule), text), text)

    def _read(self, text: str, side: Side) -> Rule:
        """The rule of the words as they stand."""
        builder = Builder(Nouns(self.linker, self.measurer, text), side)
        sentences = [sentence for sentence in tag(lex(text, self.lexicon)) if not _number_alone(sentence)]
        spoken = [sentence for index, sentence in enumerate(sentences) if sentence.tokens and not (index and _title(sentence))]
        reads = [self._sentence(builder, sentence, text, first=not index) for index, sentence in enumerate(spoken)]
        reads = _with_open_list(reads, [words_of(text, _place(sentence)) for sentence in spoken])
        if not reads and (sentences or lex(text, self.lexicon)):
            return _nothing_asked(side, Span(0, len(text)))
        if not reads:
            return Unparsed(text=text, span=Span(0, len(text)))
        rule: Rule | None = None
        for index, read in enumerate(reads):
            if rule and side == "inclusion" and spoken[index].otherwise and not (read.permits or read.tails):
                rule = otherwise(rule, read.rule, of_several=index > 1)
                continue
            if rule and read.tails:
                rule = builder.tailed(rule, read.tails)
            else:
                rule = joined(rule, read, words_of(text, _place(spoken[index])), side, self.vocabulary)
        assert rule is not None
        return rule

    def criterion(self, text: str, kind: Side) -> Criterion:
        """One criterion's words by themselves."""
        return self.criterion_of("I1" if kind == "inclusion" else "E1", kind, text, self.rule(text, kind))

    def criterion_of(self, number: str, kind: Side, text: str, rule: Rule) -> Criterion:
        """A criterion with its form and what of it was not understood."""
        if self.explicit.read(text) is None:
            inclusion = kind == "inclusion"
            rule = or_for_disease(or_over(of_the_drug(of_the_person(rule, text)), text, self.vocabulary), self.vocabulary)
            rule = without_dormant(rule, text, self.vocabulary)
            rule = judged_among_others(like_the_whole(rule, text, self.vocabulary), text, self.vocabulary)
            rule = of_all(rule, text, self.vocabulary)
            rule = in_the_next(taken(or_of_it(of_organs(rule, text)), text, self.vocabulary), self.vocabulary)
            rule = or_going_on(not_lasting(rule, self.vocabulary), text)
            if inclusion:
                demanded = or_to_come(
                    or_needed(at_most(all_that_time(or_its_evidence(rule, text), text, self.vocabulary), self.vocabulary), text), text
                )
                demanded = or_not_asked(demanded, text)
                rule = not_had(not_given(or_planned(demanded, text, self.vocabulary), text), text, self.vocabulary)
            else:
                rule = by_intent(or_before(rule, text, self.vocabulary), text, self.vocabulary)
            rule = in_judged_time(rule)
        return Criterion(id=number, kind=kind, text=text, rule=rule, form=form(rule), residue=residues(rule))

    def _all_known(self, words: str) -> bool:
        """Whether the vocabulary knows every name among some words."""
        tokens = [token for sentence in tag(lex(words, self.lexicon)) for token in sentence.tokens]
        names = [token for token in tokens if not token.names and token.type in ("WORDS", "CONCEPT")]
        return bool(tokens) and all(self.linker.general([token]) or PLAIN.issuperset(folded(token.text)) for token in names)

    def compile_trial(self, trial: Trial) -> CompiledTrial:
        """A trial's record as compiled criteria."""
        return compile_trial(self, trial)

    @staticmethod
    def both(first: Rule, second: Rule) -> Rule:
        """Two rules side by side."""
        return AllOf(rules=(first, second), span=second.span)

    def _sentence(self, builder: Builder, sentence: Sentence, text: str, *, first: bool) -> Read:
        types = [token.type for token in sentence.tokens]
        span = _place(sentence)
        read = Read(words_of(text, span), permits="ELIGIBLE" in types)
        if types.count("LPAR") > DEEPEST and _depth(types) > DEEPEST:
            return read
        if no_criterion(text[span.start : span.end]):
            return read
        if builder.side == "inclusion" and frees(text[span.start : span.end]):
            return Read(_nothing_asked(builder.side, span))
        if of_a_donor(text[span.start : span.end]):
            return Read(builder.statement(span))
        if "THEN" in types and _FOR_OTHERS.search(text, span.start, span.end):
            return read  # "for women, a positive test or, for both women and men, X": what is asked of each
        with suppress(NotUnderstood):
            read = builder.sentence(self.parser.parse(sentence.tokens))
        asks = (first or builder.side == "inclusion") and not read.permits  # further words of an exclusion may let pass
        if asks and form(read.rule) in (Form.OPEN, Form.PARTIAL, Form.UNPARSED) and builder.says(sentence.tokens):
            return Read(builder.statement(span))
        return read if read.permits else read._replace(rule=told(read.rule, sentence.tokens, text, excluding=builder.side == "exclusion"))


def _with_open_list(reads: list[Read], words: list[Unparsed]) -> list[Read]:
    """ "… one of the following: A. B. C", where what leads in was not understood: nor is then what the sentences after it list."""
    opened = next((at for at, read in enumerate(reads) if _leads_in(read.rule, words[at].text)), len(reads))
    return [read if at <= opened else Read(words[at]) for at, read in enumerate(reads)]


def _leads_in(rule: Rule, words: str) -> bool:
    return bool((_LEADS_IN if isinstance(rule, Unparsed) else _MAY_BE).search(words))


_MAY_BE = re.compile(r"\b(?:may|can) be (?:any |at least )?(?:one|any) of the following\b", re.IGNORECASE)
_LEADS_IN = re.compile(r"\b(?:one|any|either|each|all) (?:or more )?of the following\b[^:]*:", re.IGNORECASE)


def _place(sentence: Sentence) -> Span:
    return Span(min(map(_START, sentence.tokens)), max(map(_END, sentence.tokens)))


def _depth(types: list[str]) -> int:
    """How deep parentheses stand in each other."""
    return max(accumulate((type_ == "LPAR") - (type_ == "RPAR") for type_ in types))


def _nothing_asked(side: Side, span: Span) -> Rule:
    """What only explains or instructs: true of everyone among the inclusions, of no one among the exclusions."""
    return AllOf(rules=(), span=span) if side == "inclusion" else AnyOf(rules=(), span=span)


def _title(sentence: Sentence) -> bool:
    """ "… will be excluded. Medical conditions": the title of what came next in the record."""
    return len(sentence.tokens) == 1 and sentence.tokens[0].names[:1] == ("disease",)


def _number_alone(sentence: Sentence) -> bool:
    """A list's own number, "2."."""
    return len(sentence.tokens) == 1 and sentence.tokens[0].type == "NUMBER"


def form(rule: Rule) -> Form:
    """How well the words were read."""
    if isinstance(rule, Unparsed):
        return Form.UNPARSED
    found = list(leaves(rule))
    kinds = {leaf.__class__ for leaf in found}
    if Unparsed in kinds:
        return Form.PARTIAL if len(kinds) > 1 else Form.UNPARSED
    if any(map(_open, found)):
        return Form.OPEN
    return Form.STATEMENT if any(map(_judged, found)) else Form.TYPED


def residues(rule: Rule) -> tuple[Residue, ...]:
    """The words that were not understood."""
    return tuple(Residue(text=leaf.text, span=leaf.span) for leaf in leaves(rule) if isinstance(leaf, Unparsed))


def _open(leaf: Rule) -> bool:
    match leaf:
        case Had():
            return not leaf.concept.linked or any(_open_qualifier(qualifier) for qualifier in leaf.qualifiers)
        case Measure():
            return not leaf.analyte.linked
        case Is():
            return leaf.concept is not None and not leaf.concept.linked
        case _:
            return False


def _open_qualifier(qualifier: Qualifier) -> bool:
    match qualifier:
        case Purpose():
            return not qualifier.concept.linked
        case Requiring():
            return _open(qualifier.treatment)
        case Judged():
            return not qualifier.known
        case _:
            return False


def _judged(leaf: Rule) -> bool:
    if not isinstance(leaf, Had):
        return isinstance(leaf, Statement)
    return any(isinstance(q, Judged) or (isinstance(q, Requiring) and _judged(q.treatment)) for q in leaf.qualifiers)
