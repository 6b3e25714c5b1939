"""Who may see and answer what."""

import pytest

from rules.work.access import Share, may_hand_over, sees_all, share_of
from rules.work.throttle import PER_ADDRESS, PER_SOURCE, may_ask

LEAD, PARTNER, OTHER = 1, 2, 3


@pytest.mark.parametrize(
    ("role", "unit", "share"),
    [
        ("officer", LEAD, Share.LEAD),
        ("head", LEAD, Share.LEAD),
        ("admin", LEAD, Share.LEAD),
        ("leader", LEAD, Share.READER),
        ("auditor", LEAD, Share.READER),
        ("officer", PARTNER, Share.COORDINATOR),
        ("leader", PARTNER, Share.READER),
        ("officer", OTHER, Share.NONE),
        ("head", OTHER, Share.NONE),
        ("officer", None, Share.NONE),
        ("admin", None, Share.READER),
        ("admin", OTHER, Share.READER),
        ("auditor", None, Share.READER),
        ("unknown", LEAD, Share.NONE),
    ],
)
def test_the_share_of_each_role_and_unit(role: str, unit: int | None, share: Share) -> None:
    assert share_of(role, unit, LEAD, (PARTNER,)) is share


def test_only_lead_and_coordinators_answer_and_everybody_else_only_looks() -> None:
    assert [share for share in Share if share.answers] == [Share.LEAD, Share.COORDINATOR]
    assert [share for share in Share if not share.sees] == [Share.NONE]
    assert [role for role in ("officer", "head", "admin", "leader", "auditor") if sees_all(role)] == [
        "admin",
        "leader",
        "auditor",
    ]


def test_each_hands_over_their_own_and_a_head_for_anybody() -> None:
    assert may_hand_over("officer", own=True)
    assert not may_hand_over("officer", own=False)
    assert may_hand_over("head", own=False)
    assert may_hand_over("leader", own=True)
    assert not may_hand_over("leader", own=False)
    assert not may_hand_over("auditor", own=True)


def test_a_fresh_link_is_asked_for_a_few_times_an_hour() -> None:
    assert may_ask(PER_ADDRESS - 1, PER_SOURCE - 1)
    assert not may_ask(PER_ADDRESS, 0)
    assert not may_ask(0, PER_SOURCE)
