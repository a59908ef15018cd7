"""The laws of Kleene's strong logic, for every choice of truths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eligimatch.model.verdict import Status, Truth, Verdict, agreed, all_of, any_of, at_least, negate, status_of, verdict_of

TRUTH: st.SearchStrategy[Truth] = st.sampled_from([True, False, None])
TRUTHS = st.lists(TRUTH, max_size=6)


def refines(later: Truth, earlier: Truth) -> bool:
    """Whether a later truth only adds to an earlier one."""
    return earlier is None or later is earlier


@given(TRUTH)
def test_not_not_is_nothing(a: Truth) -> None:
    assert negate(negate(a)) is a


@given(TRUTHS)
def test_de_morgan(truths: list[Truth]) -> None:
    assert negate(all_of(truths)) is any_of(map(negate, truths))
    assert negate(any_of(truths)) is all_of(map(negate, truths))


@given(TRUTHS, TRUTHS)
def test_and_and_or_are_associative_and_commutative(some: list[Truth], more: list[Truth]) -> None:
    for law in (all_of, any_of):
        assert law([law(some), law(more)]) is law([*more, *some])


@given(TRUTH, TRUTHS)
def test_and_distributes_over_or(a: Truth, truths: list[Truth]) -> None:
    assert all_of([a, any_of(truths)]) is any_of(all_of([a, b]) for b in truths)
    assert any_of([a, all_of(truths)]) is all_of(any_of([a, b]) for b in truths)


@given(TRUTH, TRUTH)
def test_absorption(a: Truth, b: Truth) -> None:
    assert all_of([a, any_of([a, b])]) is a
    assert any_of([a, all_of([a, b])]) is a


def test_of_none_all_hold_and_none_does() -> None:
    assert all_of([]) is True
    assert any_of([]) is False


@given(TRUTHS)
def test_one_of_them_is_or_and_each_of_them_is_and(truths: list[Truth]) -> None:
    assert at_least(1, truths) is any_of(truths)
    assert at_least(len(truths), truths) is all_of(truths)


@given(st.integers(0, 7), TRUTHS)
def test_at_least_is_decided_as_soon_as_it_can_be(count: int, truths: list[Truth]) -> None:
    filled = {at_least(count, [best if a is None else a for a in truths]) for best in (True, False)}
    assert at_least(count, truths) is (filled.pop() if len(filled) == 1 else None)


@given(st.lists(st.tuples(TRUTH, TRUTH), max_size=6), st.integers(0, 6))
def test_knowing_more_never_changes_what_was_decided(pairs: list[tuple[Truth, Truth]], count: int) -> None:
    earlier = [a for a, _ in pairs]
    later = [b if a is None else a for a, b in pairs]
    for law in (all_of, any_of, lambda truths: at_least(count, truths)):
        assert refines(law(later), law(earlier))


@given(TRUTHS.filter(bool))
def test_readings_decide_where_they_agree(truths: list[Truth]) -> None:
    assert agreed(truths) is (truths[0] if len(set(truths)) == 1 else None)


@given(TRUTH)
def test_an_exclusion_speaks_the_other_way_round(a: Truth) -> None:
    assert status_of(a, excludes=True) is status_of(negate(a), excludes=False)


@given(st.lists(st.sampled_from(Status), max_size=6))
def test_a_trial_is_the_and_of_its_criteria(statuses: list[Status]) -> None:
    truth = all_of({Status.MATCHED: True, Status.FAILED: False, Status.UNKNOWN: None}[status] for status in statuses)
    assert verdict_of(statuses) is {True: Verdict.ELIGIBLE, False: Verdict.INELIGIBLE, None: Verdict.UNDETERMINED}[truth]
