"""The way of a complaint as a table: which state may follow which, and what a state asks for before it is entered."""

from collections.abc import Mapping

RECEIVED, GRADED, INVESTIGATING, RESOLVING = "received", "graded", "investigating", "resolving"
ANSWERED, SATISFACTION_ASKED, CLOSED, REOPENED = "answered", "satisfaction_asked", "closed", "reopened"

STATES = (RECEIVED, GRADED, INVESTIGATING, RESOLVING, ANSWERED, SATISFACTION_ASKED, CLOSED, REOPENED)

NEXT: Mapping[str, tuple[str, ...]] = {
    RECEIVED: (GRADED,),
    GRADED: (INVESTIGATING,),
    INVESTIGATING: (RESOLVING,),
    RESOLVING: (ANSWERED,),
    ANSWERED: (SATISFACTION_ASKED,),
    SATISFACTION_ASKED: (CLOSED, REOPENED),
    CLOSED: (REOPENED,),
    REOPENED: (INVESTIGATING, RESOLVING),
}
# What must be known before a state is entered.
NEEDS: Mapping[str, tuple[str, ...]] = {CLOSED: ("result", "csat")}

# In these states the customer has not been given the solution yet: the promised time runs.
PROMISE_RUNS = frozenset({RECEIVED, GRADED, INVESTIGATING, RESOLVING, REOPENED})
# Here nothing is left for the owner to do: the customer's answer is awaited, or all is done.
NOT_THE_OWNERS_MOVE = frozenset({SATISFACTION_ASKED, CLOSED})
# An answer to the customer is a response, should nobody have noted an earlier one.
IS_A_RESPONSE = frozenset({ANSWERED, SATISFACTION_ASKED, CLOSED})

# The five steps that people see; received and graded are one, a reopened case is investigated again.
STEP_OF: Mapping[str, int] = {
    RECEIVED: 1,
    GRADED: 1,
    INVESTIGATING: 2,
    REOPENED: 2,
    RESOLVING: 3,
    ANSWERED: 4,
    SATISFACTION_ASKED: 5,
    CLOSED: 6,
}


def may_move(state: str, to: str) -> bool:
    """Whether a complaint in `state` may go to `to`."""
    return to in NEXT.get(state, ())


def way(state: str, to: str) -> tuple[str, ...]:
    """The states that lead from `state` to `to`, that one last; empty where none do.

    A close and a reopening are acts of their own: nothing passes through them.
    """
    ways: list[tuple[str, ...]] = [(following,) for following in NEXT.get(state, ())]
    for walked in ways:  # grows while it is walked, the shorter ways first
        if walked[-1] == to:
            return walked
        if walked[-1] not in (CLOSED, REOPENED):
            ways += [(*walked, following) for following in NEXT[walked[-1]]]
    return ()


def missing_for(to: str, known: Mapping[str, object]) -> list[str]:
    """Names of what `to` asks for and `known` lacks."""
    return [name for name in NEEDS.get(to, ()) if not known.get(name)]
