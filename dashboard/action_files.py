"""Every action as a file: one row an action, as text that a spreadsheet never runs."""

from __future__ import annotations

import polars as pl

from dashboard import downloads
from dashboard.action_words import due_words, milestone_words, slippage_words, status_words, views_words
from dashboard.actions import ActionsView, Promise
from dashboard.moved import name_of, people_of
from dashboard.text import Table
from equity import periods

LINES = "; "


def csv(view: ActionsView, address: str) -> bytes:
    """The actions that are shown, in full."""
    frame = pl.DataFrame([_row(view, one) for one in view.told], infer_schema_length=None)
    return downloads.csv(frame, view.subject, address, downloads.as_it_is)


def _row(view: ActionsView, one: Promise) -> dict[str, str | int | None]:
    action, shown, day = one.action, one.shown, view.read.day
    last = action.updates[-1] if action.updates else None
    proofs = [each for source in (*action.updates, *action.milestones) for each in source.evidence]
    comments = [each.public_words for each in one.views if each.public_words]
    return {
        "register": view.subject.source,
        "as_of": day.isoformat(),
        "site": one.place,
        "priority": one.priority.title,
        "priority_level": one.priority.level,
        "action_id": one.key,
        "action": action.title,
        "why_it_matters": action.why,
        "who_leads": action.lead,
        "made_with": action.coproduced_with,
        "start": action.start.isoformat(),
        "first_due": action.first_due.isoformat(),
        "due": action.due.isoformat(),
        "why_the_due_date_moved": LINES.join(each.reason for each in action.due_dates if each.reason),
        "slippage_days": shown.slippage_days,
        "status_letter": shown.status.letter,
        "status": status_words(shown),
        "status_reported": shown.reported.words,
        "overdue_days": shown.overdue_days,
        "stale_days": shown.stale_days,
        "completed_late_days": shown.late_days,
        "last_update": action.last_update.isoformat(),
        "what_happened": last.happened if last else "",
        "next_step": last.next_milestone if last else "",
        "outcome": last.outcome if last else "",
        "milestones": LINES.join(milestone_words(each, day) for each in action.milestones),
        "evidence": LINES.join(f"{each.text} {each.link}".strip() for each in proofs),
        "should_move": LINES.join(f"{name_of(each.indicator_id)}, {people_of(each)}: {each.direction.words}" for each in action.measures),
        "panel_view": views_words(one.views),
        "panel_review": one.review.on.isoformat() if one.review else "",
        "panel_comments": LINES.join(comments),
        "panel_disagrees": one.disagreeing,
    }


def table(view: ActionsView) -> Table:
    """The actions as a table: status and panel's view side by side."""
    columns = ["Action", "Site", "Priority", "Service says", "Panel says", "Who leads", "Due", "Slippage", "Last update"]
    rows = [
        [
            one.action.title,
            one.place,
            one.priority.title,
            one.shown.words,
            views_words(one.views) or "no view yet",
            one.action.lead,
            due_words(one.action),
            slippage_words(one.shown),
            periods.day(one.action.last_update),
        ]
        for one in view.told
    ]
    example = "Example: " if view.read.is_example else ""
    return Table(f"{example}Actions of {view.place} on {periods.day(view.read.day)}", columns, rows, "words")
