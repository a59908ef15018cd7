"""Absorbed parentheses: another name, a method, a stage or a limit in other words, which only qualifies what stands before it."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from eligimatch.compiler.aliases import abbreviation, alias, method_only, says_stage, shouted, spread_letter
from eligimatch.compiler.ellipses import kinds_named
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.other_limits import beneath
from eligimatch.compiler.phrase import Phrase, any_state, replace, scales
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.remarks import Remarks, same_length
from eligimatch.compiler.said_in_parens import (
    either,
    for_whom,
    joined,
)
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.syntax import Clause, Paren

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists

_REFERENCE = re.compile(
    r"^[(\[]\s*(?:(?:please\s+)?(?:see|refer to|as per|per|as defined in|as described in|defined in|in)\s+)?(?:the\s+)?(?:protocol\s+)?"
    r"(?:appendix|appendices|section|table|annex|attachment|figure)\b[^()]*[)\]]$",
    re.IGNORECASE,
)
_CITED = re.compile(r"^[(\[]\s*[A-Z][\w'’-]+(?: et al\.?| and [A-Z][\w'’-]+)?,?\s+(?:19|20)\d\d\s*[)\]]$")
"""Where a standard was published: "(Cheson et al., 2014)"."""


class Absorbed:
    """Lets a phrase take over the parentheses that are its own words."""

    def __init__(self, nouns: Nouns, lists: Lists, remarks: Remarks) -> None:
        self.nouns = nouns
        self.lists = lists
        self.remarks = remarks

    def into(self, phrase: Phrase) -> None:
        """Lets the phrase take over parentheses that only qualify it: adjectives, windows, doses, other names."""
        left = [paren for _, part in phrase.parts for paren in part.parens if not self._absorbs(part, paren)]
        for _, part in phrase.parts:
            part.parens = []
        phrase.parens = [paren for paren in (*phrase.parens, *left) if not self._absorbs(phrase, paren)]

    def _absorbs(self, phrase: Phrase, paren: Paren) -> bool:
        clause = single(paren)
        if paren.sentence is None or _REFERENCE.match(text := self.nouns.text[paren.start : paren.end]) or _CITED.match(text):
            return True
        if clause is None or clause.series is None or clause.tails or not self._absorbed(phrase, paren, text, self.lists.look(clause.series)):
            return False
        self.lists.phrases(clause.series)  # they are the phrase's now
        return True

    def _absorbed(self, phrase: Phrase, paren: Paren, text: str, inner: list[Phrase]) -> bool:
        if any_state(inner) or any(p.unread for p in inner) or (phrase.window and any(p.window for p in inner) and not same_length(phrase, inner[0])):
            return False
        if len(inner) == 1 and inner[0].bare and self._spread(phrase) and spread_letter(inner[0]) in ("0", "1"):
            return True  # "distant metastasis (M1)", "without metastases (M0)": the same in a letter
        one = all(len(stage.values) == 1 for t in phrase.adjectives if t.type == "STAGE" for stage in t.stages) and len(inner) == 1
        apart = one and scales(phrase).isdisjoint(scales(inner[0]))  # "stage III (N2)"
        if all(p.bare for p in inner) and not self.kinds(phrase, inner) and (apart or not (says_stage(phrase) and any(map(says_stage, inner)))):
            return either(inner, text) and len(inner) == sum(_take(phrase, p) for p in inner)
        if len(inner) == 1 and inner[0].method and says_stage(inner[0]) and scales(phrase).isdisjoint(scales(inner[0])):
            return _take(phrase, inner[0])
        if phrase.normal and not phrase.comparisons and all(self._measured(p) for p in inner):
            phrase.panel = inner
            return True
        staged = len(inner) == 1 and inner[0].system and not (inner[0].parts or inner[0].parens) and phrase.system is None
        if staged and self._of_wider(phrase, inner[0]):
            phrase.system, phrase.adjectives = inner[0].system, phrase.adjectives + inner[0].adjectives
            phrase.comparisons, phrase.grade = phrase.comparisons + inner[0].comparisons, phrase.grade or inner[0].grade
            return True
        if len(inner) == 1 and self._said_again(phrase, inner[0]):
            return True
        limits = len(inner) == 1 and inner[0].comparisons and inner[0].heads and not phrase.comparisons
        judged = all(token.type == "JUDGED" for token in phrase.adjectives)  # "good performance status (ECOG 0 or 1)": the limit says what is good
        if limits and judged and self._measured(replace(phrase, adjectives=[])) and self._measured(inner[0]):
            phrase.heads, phrase.comparisons, phrase.window = inner[0].heads, inner[0].comparisons, phrase.window or inner[0].window
            phrase.adjectives = []
            return True
        analytes = bool(phrase.heads) and all(names_only(p) and kind_of(p) == "analyte" for p in inner)
        if analytes and any(self._same(phrase, p) for p in inner) and all(self._said_before(phrase, p, paren) for p in inner):
            return True  # "aspartate and alanine aminotransferase (AST and ALT)"
        alternative = bool(phrase.comparisons) and self.remarks.alternative(paren)
        return len(inner) == 1 and (for_whom(phrase, inner[0], paren, text) or joined(phrase, inner[0], paren, alternative=alternative))

    def _spread(self, phrase: Phrase) -> bool:
        """Whether a phrase asks for metastatic disease, or for none of it."""
        concept = self.nouns.concept(phrase)
        return concept is not None and concept.name == "metastatic disease"

    def _of_wider(self, phrase: Phrase, inner: Phrase) -> bool:
        """ "heart failure (NYHA III)", "(NYHA III heart disease)": a stage by itself, or of what the noun is a kind of."""
        if not inner.heads:
            return True
        first, second = self.nouns.concept(phrase), self.nouns.concept(inner)
        return first is not None and second is not None and beneath(self.nouns, first, second)

    def kinds(self, phrase: Phrase, inner: list[Phrase]) -> tuple[str, ...]:
        """The kinds of what the phrase names that stand in parentheses: "diabetes (type 1 or type 2)"."""
        concept = self.nouns.concept(phrase)
        known = concept is not None and concept.linked and concept.kind == "condition"
        if not known or concept is None:
            return ()
        vocabulary = self.nouns.linker.vocabulary
        whole = vocabulary.find(f"{self.nouns.text[inner[0].start : inner[-1].end]} {concept.name}")  # "diabetes (type 1 or type 2)"
        kinds = tuple(name for name in whole if name != concept.name and vocabulary.is_a(name, concept.name))
        return kinds or kinds_named(inner, concept, vocabulary)

    def _said_again(self, phrase: Phrase, other: Phrase) -> bool:
        """The same in other words, or how it is found."""
        return self._same(phrase, other) or self._by_method(phrase, other) or alias(phrase, other) or same_length(phrase, other)

    def _by_method(self, phrase: Phrase, method: Phrase) -> bool:
        """ "QT interval (corrected by Fridericia's formula)": what head and method name together."""
        head = phrase.heads[-1] if phrase.heads else None
        if not method_only(method, head):
            return False
        words = self.nouns.text[method.start : method.end]
        if head and head.kind == "analyte" and (names := self.nouns.linker.vocabulary.find(f"{head.text} {words}")):
            phrase.heads = [*phrase.heads[:-1], named := copy(head)]
            named.names = names
        return True

    def _measured(self, phrase: Phrase) -> bool:
        """A plain analyte or score."""
        if phrase.parts or phrase.act or phrase.adjectives or phrase.results or not phrase.heads:
            return False
        named = self.nouns.linker.link(phrase.heads, self.nouns.text, ("analyte", "score"))
        return named.linked and named.kind in ("analyte", "score")

    def _said_before(self, phrase: Phrase, other: Phrase, paren: Paren) -> bool:
        """Whether an analyte in parentheses is that of the phrase, or was named by its full name before them."""
        named = other.heads[-1].names[0].split()[0] if other.heads[-1].names else ""
        return self._same(phrase, other) or named in self.nouns.text[: paren.start].lower()

    def _same(self, phrase: Phrase, other: Phrase) -> bool:
        """Another name of the same thing, or a kind of it: "anti-HBc (IgG)" is not, "(SGPT)" is."""
        if not phrase.heads or not other.heads or other.comparisons or other.parts or other.results:
            return False
        if other.window is not None and other.window != phrase.window:
            return False  # "does not smoke (no smoking during the last 12 months)"
        first, second = self.nouns.concept(phrase), self.nouns.concept(other)
        if first is None or second is None:
            return False
        tested = second.kind == "analyte" and first.kind == "condition" and self.nouns.linker.vocabulary.is_a(first.name, "infection")
        if tested and first.name.split()[0] in second.name.split():
            return True  # "HIV (HIV 1/2 antibodies)"
        members = self.nouns.linker.fact(second, "members")
        if isinstance(members, list) and first.name in members:
            return True  # "alanine aminotransferase (AST and ALT)", after the other
        within = first.linked and second.linked and self.nouns.linker.vocabulary.is_a(first.name, second.name)
        wider = within and (shouted(other) or (first.kind == "condition" and names_only(other)))  # "Crohn's disease (inflammatory bowel disease)"
        return first == second or bool(set(other.heads[0].names) & set(phrase.heads[-1].names)) or abbreviation(other) or wider


def single(paren: Paren) -> Clause | None:
    """The one clause in parentheses, without a verb of its own; None where there is more."""
    sentence = paren.sentence
    return None if sentence is None or sentence.modals or len(sentence.clauses) != 1 else sentence.clauses[0]


def _take(phrase: Phrase, bare: Phrase) -> bool:
    phrase.late = phrase.late or (phrase.window is None and bare.window is not None)
    phrase.adjectives, phrase.window = phrase.adjectives + bare.adjectives, phrase.window or bare.window
    phrase.suspected = phrase.suspected or bare.suspected
    phrase.time = phrase.time or bare.time
    phrase.lasting = phrase.lasting or bare.lasting
    phrase.circumstances = phrase.circumstances + bare.circumstances
    return True
