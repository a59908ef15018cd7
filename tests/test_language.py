"""Ways of speaking: each criterion of tests/corpus/language/ comes to the rule written beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import reduce

import pytest
from criteria import Case, cases, write

from eligimatch import kept
from eligimatch.compiler import tagger, tidied
from eligimatch.compiler.items import Items
from eligimatch.compiler.lexer import lex
from eligimatch.model.rule import Rule, children, leaves
from eligimatch.model.trial import Form

CASES = cases()
NODES = ("measure", "is", "had", "statement", "any_of", "all_of", "not", "at_least", "ambiguous", "unparsed")


@pytest.fixture(scope="module")
def expected(request: pytest.FixtureRequest) -> Mapping[tuple[str, str], Case]:
    """The cases by text and side; `--update` writes them first."""
    if request.config.getoption("--update"):
        write(case.now for case in CASES)
    return {(case.text, case.side): case for case in cases()}


def nodes(rule: Rule) -> set[str]:
    beneath = {name for child in children(rule) for name in nodes(child)}
    return {rule.node, *beneath, *(leaf.node for leaf in leaves(rule))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {' '.join(case.text.split())}")
def test_a_criterion_comes_to_the_rule_written_beside_it(case: Case, expected: Mapping[tuple[str, str], Case]) -> None:
    now, meant = case.now, expected[case.text, case.side]
    assert now.rule.splitlines() == meant.rule.splitlines()
    assert now.form == meant.form


def test_no_criterion_is_written_twice() -> None:
    assert [key for key, count in Counter((case.text, case.side) for case in CASES).items() if count > 1] == []


def test_every_node_is_read_from_several_criteria() -> None:
    counted = Counter(name for case in CASES for name in nodes(case.criterion.rule))
    assert [name for name in NODES if counted[name] < 3] == []


def test_every_form_is_shown() -> None:
    assert {case.form for case in CASES} == {form.value for form in Form}


def test_each_text_of_a_criterion_is_its_own() -> None:
    for case in CASES:
        criterion = case.criterion
        for leaf in leaves(criterion.rule):
            assert 0 <= leaf.span.start <= leaf.span.end <= len(criterion.text)


def test_a_pass_over_tokens_changes_nothing_without_its_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    def sentences() -> list[list[tuple[object, ...]]]:
        lexicon = kept.compiler().lexicon
        tagged = (sentence.tokens for case in CASES for sentence in tagger.tag(lex(case.text, lexicon)))
        return [[(token.type, token.value, token.start, token.end, token.names, token.kind) for token in tokens] for tokens in tagged]

    gated = sentences()
    for module in (tagger, tidied):
        monkeypatch.setattr(module, "passed", lambda tokens, passes: reduce(lambda made, one: one[1](made), passes, tokens))
    assert gated == sentences()


def test_a_look_at_a_list_changes_nothing_of_how_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def rules() -> list[Rule]:
        return [kept.compiler().rule(case.text, case.side) for case in CASES]

    kept_for_the_next = rules()
    monkeypatch.setattr(Items, "look", lambda items, series: items.phrases(series)[0])
    assert kept_for_the_next == rules()
