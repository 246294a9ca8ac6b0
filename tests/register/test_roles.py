"""Who may record what: the whole table, and an action lead's own sites."""

from __future__ import annotations

import pytest

from register.roles import ANY_SITE, MAY_RECORD, Author, Role, may_record, who_may

# The table again, by role and in words, as a person would check it.
ALLOWED = {
    Role.READER: "",
    Role.PANEL_MEMBER: "view_given question_asked completion_confirmed withdrawn",
    Role.FACILITATOR: (
        "meeting_planned meeting_held release_frozen view_given question_asked completion_confirmed comment_moderated withdrawn "
        "correction_made"
    ),
    Role.ACTION_LEAD: (
        "priority_added action_added due_date_moved status_reported milestone_added milestone_reached measure_linked "
        "measure_unlinked question_answered correction_made"
    ),
    Role.ANALYST: "measure_linked measure_unlinked",
    Role.ADMINISTRATOR: "priority_added action_added comment_moderated withdrawn correction_made",
}


@pytest.mark.parametrize("kind", MAY_RECORD)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_record_what_the_table_says_and_nothing_else(role: Role, kind: str) -> None:
    author = Author(role, "a1", frozenset({"sheffield"}))
    assert may_record(author, kind, "sheffield") is (kind in ALLOWED[role].split())


@pytest.mark.parametrize("role", Role)
def test_a_kind_that_is_not_in_the_table_is_nobodys(role: Role) -> None:
    assert not may_record(Author(role, "a1", frozenset({ANY_SITE})), "history_rewritten", "sheffield")


@pytest.mark.parametrize(
    ("sites", "allowed"),
    [({"sheffield"}, True), ({"sheffield", "east_london"}, True), ({ANY_SITE}, True), ({"east_london"}, False), (set(), False)],
)
def test_an_action_lead_records_for_named_sites_only(sites: set[str], *, allowed: bool) -> None:
    author = Author(Role.ACTION_LEAD, "a1", frozenset(sites))
    assert may_record(author, "status_reported", "sheffield") is allowed


def test_the_roles_are_told_in_words() -> None:
    assert who_may("view_given") == "panel member or facilitator"
