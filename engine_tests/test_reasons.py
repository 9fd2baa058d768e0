"""Why a line waits, for everything that may decide it."""

from itertools import product

import pytest
from engine import Circumstances, find_reason
from engine.rows import PlanLine
from worlds import NOW

QUESTIONS = [name for name in vars(Circumstances) if name.startswith("is_")]


class Told(Circumstances):
    """Circumstances of which only these are true, and who was asked."""

    def __init__(self, *true):
        self.asked = []
        for name in QUESTIONS:
            setattr(self, name, lambda name=name: self.asked.append(name) or name in true)


def line(reason="short", served=0.0, idle=0.0, expected_date=None):
    """Return a line that needs five."""
    return PlanLine(1, 1, 1, 1, 1, 5.0, served, expected_date, None, reason, idle)


@pytest.mark.parametrize("reason", ["complete", "error", "manual", "paused", "untracked"])
def test_reason_of_the_plan_itself_is_said_and_nothing_else_is_asked(reason):
    told = Told(*QUESTIONS)
    assert find_reason(line(reason), told) == reason
    assert not told.asked


@pytest.mark.parametrize(
    ("given", "true", "reason"),
    [
        ({"served": 2.0}, ["is_scheduled"], "served"),
        ({"served": 2.0}, [], "off"),
        ({}, ["is_free", "is_ahead"], "ahead"),
        ({}, ["is_free"], "unusable"),
        ({"idle": 1.0}, ["is_free", "is_ahead"], "unusable"),
        ({"expected_date": NOW}, ["is_in_doubt", "is_reserved_behind"], "doubt"),
        ({"expected_date": NOW}, ["is_reserved_behind", "is_elsewhere"], "reserved"),
        ({"expected_date": NOW}, ["is_elsewhere"], "expected"),
        ({}, ["is_elsewhere"], "elsewhere"),
        ({}, [], "nothing"),
    ],
)
def test_first_that_holds_is_said(given, true, reason):
    assert find_reason(line(**given), Told(*true)) == reason


def test_there_is_always_a_reason():
    for answers in product([False, True], repeat=len(QUESTIONS)):
        told = [name for name, answer in zip(QUESTIONS, answers, strict=True) if answer]
        for served, date in product([0.0, 2.0], [None, NOW]):
            assert find_reason(line(served=served, expected_date=date), Told(*told))
