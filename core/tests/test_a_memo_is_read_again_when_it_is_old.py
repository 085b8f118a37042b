"""A process remembers for a while, and forgets when it is told to."""

import time

import pytest

from core import memo
from core.memo import Memo, forget_all


def test_it_is_read_once_within_its_time(monkeypatch):
    monkeypatch.setattr(memo, "ages", True)
    answers = iter("abc")
    remembered = Memo(lambda: next(answers), seconds=60)
    assert (remembered(), remembered()) == ("a", "a")
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert remembered() == "b"


def test_it_is_read_again_once_forgotten():
    answers = iter("abc")
    remembered = Memo(lambda: next(answers))
    remembered()
    remembered.forget()
    assert remembered() == "b"
    forget_all()
    assert remembered() == "c"


def test_what_could_not_be_read_is_not_remembered():
    answers = [0, 1]
    remembered = Memo(lambda: 1 // answers.pop(0))
    with pytest.raises(ZeroDivisionError):
        remembered()
    assert remembered() == 1
