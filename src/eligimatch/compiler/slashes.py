"""Slashes: two names of one thing: "ILD/pneumonitis that required steroids"."""

from __future__ import annotations

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import kind_of, with_qualities
from eligimatch.compiler.syntax import Paren


def slashed(phrases: list[Phrase], links: list[str]) -> None:
    """ "ILD/pneumonitis that required steroids": two names of one thing, what is said after the second is said of both."""
    for index in range(len(phrases) - 2, -1, -1):
        phrase, following = phrases[index], phrases[index + 1]
        if links[index] == "slash" and kind_of(phrase) == kind_of(following) == "condition":
            phrases[index] = with_qualities(phrase, following)
            phrases[index].parens = phrase.parens or [paren for paren in following.parens if _excepts(paren)]
            phrases[index].window = phrase.window or following.window
            phrases[index].time = phrase.time or ("ever" if following.since_event != "as_of" else "")


def _excepts(paren: Paren) -> bool:
    """ "autoimmune/inflammatory disorders (except X)": from both."""
    clause = paren.sentence.clauses[0] if paren.sentence and not paren.sentence.modals else None
    return clause is not None and clause.series is None and [tail.word.type for tail in clause.tails] == ["EXCEPT"]
