"""Runs a grammar's LALR table over tokens that are already made.

Lark makes the table. Its own loop calls five functions for each token; this one calls none for the tokens that only join a list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lark import Lark
from lark.grammar import Rule
from lark.parsers.lalr_analysis import Shift

from eligimatch.compiler.tokens import Token

_END = "$END"
_STOP = object()


class Stopped(NamedTuple):
    """Where the grammar expected something else: at a token's index, or at the end (the number of tokens)."""

    place: int
    expected: list[str]


class _Reduction(NamedTuple):
    """One production: how many values it takes, what it is called, what it makes of them."""

    size: int
    origin: str
    make: Callable[..., object] | None
    """None: its one value is passed on."""
    gathers: bool
    """Whether it is a repetition, which Lark writes as a rule of its own."""
    repeats: bool
    """Whether the repetition's values so far are its first part."""
    spreads: bool
    """Whether one of its parts is a repetition, whose values are its own."""


State = dict[str, Any]
"""What a state does at a token: the State to go to, a _Reduction, or None where the token only joins the list before it."""


class Table:
    """An LALR table whose states are linked to each other."""

    def __init__(self, lark: Lark, made: dict[str, Callable[..., object]]) -> None:
        conf = lark.parse_interactive("").parser_state.parse_conf
        rules = dict.fromkeys(arg for actions in conf.states.values() for action, arg in actions.values() if action is not Shift)
        reductions = {rule: _reduction(rule, made) for rule in rules}
        states: dict[object, State] = {number: {} for number in conf.states}
        for number, actions in conf.states.items():
            states[number].update((name, states[arg] if action is Shift else reductions[arg]) for name, (action, arg) in actions.items())
        self._start, self._end = states[conf.start_state], states[conf.end_state]
        self._shortened(list(states.values()))

    def parse(self, tokens: list[Token]) -> Any:
        """The value of the start rule, or where the grammar stopped."""
        state = self._start
        states = [state]
        values: list[Any] = []
        for index, token in enumerate(tokens):
            type_ = token.type
            while True:
                action = state.get(type_, _STOP)
                if action.__class__ is not _Reduction:
                    break
                state = _reduce(action, states, values)
            if action is None:
                values[-1].append(token)
            elif action is _STOP:
                return Stopped(index, _expected(state))
            else:
                state = action
                states.append(state)
                values.append(token)
        while state is not self._end:
            action = state.get(_END, _STOP)
            if action is _STOP:
                return Stopped(len(tokens), _expected(state))
            state = _reduce(action, states, values)
        return values[-1]

    def _shortened(self, states: list[State]) -> None:
        """Leaves out the states that pass on one value whatever follows ("a concept is a word is a piece"), then those that lengthen a list."""
        for state in states:
            for name, action in state.items():
                state[name] = _passed_on(state, action)
        for state in states:
            lengthens = [name for name, action in state.items() if name.isupper() and (rule := _sole(action)) and rule.repeats and rule.size == 2]
            state.update(dict.fromkeys(lengthens))


def _passed_on(state: State, action: Any) -> Any:
    """What is done in the end where productions only pass on a value."""
    while (rule := _sole(action)) and rule.size == 1 and rule.make is None and not rule.gathers:
        action = state[rule.origin]
    return action


def _reduce(rule: _Reduction, states: list[State], values: list[Any]) -> State:
    """Puts one value in the place of a production's parts; the state that follows."""
    size = rule.size
    if rule.repeats:
        values[-size].extend(values[1 - size :])
        del values[1 - size :], states[1 - size :]
        return states[-1]
    if rule.make is not None:
        parts = values[-size:]
        if rule.spreads:
            parts = [part for value in parts for part in (value if value.__class__ is list else (value,))]
        values[-size:] = [rule.make(*parts)]
    elif rule.gathers:
        values[-size:] = [values[-size:]]
    del states[-size:]
    state: State = states[-1][rule.origin]
    states.append(state)
    return state


def _sole(state: State | _Reduction | None) -> _Reduction | None:
    """The reduction that a state does whatever follows."""
    actions = list(state.values()) if isinstance(state, dict) else []
    same = actions and isinstance(actions[0], _Reduction) and all(action is actions[0] for action in actions)
    return actions[0] if same else None


def _expected(state: State) -> list[str]:
    return sorted(name for name in state if name.isupper())


def _reduction(rule: Rule, made: dict[str, Callable[..., object]]) -> _Reduction:
    names = [symbol.name for symbol in rule.expansion]
    origin = str(rule.origin.name)
    gathers = origin.startswith("__")
    make = None if gathers else made.get(origin)
    return _Reduction(len(names), origin, make, gathers, gathers and names[0] == origin, any(name.startswith("__") for name in names))
