"""The sections of the page of priorities and actions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import action_files, downloads, filters, findings, promises, summary
from dashboard.action_cards import card
from dashboard.action_words import LEVELS, counted, lead_sentence, rest_sentence
from dashboard.actions import ActionsView, Promise
from dashboard.charts.front import people_affected
from dashboard.charts.statuses import STATUSES_OVER_TIME
from dashboard.evidence import TIMING
from dashboard.filters import ALL_SITES, DEFAULT_REFERENCE
from dashboard.findings import FrontView
from dashboard.history import history
from dashboard.promises import Promises
from dashboard.show import show
from dashboard.subject import link
from dashboard.text import Table, escaped, heading, paragraph
from dashboard.voices import statuses_key
from equity import periods
from register.entities import Priority
from register.status import gaps_without_action

EXAMPLE = "Example. This register is fictional: its site, its actions and its words are true of no place. It is here to learn the pages by."
NOTHING_YET = (
    "No site has entered its actions yet, so there is nothing to show of them. The study's five priorities are below. What each site "
    "does about them, who leads, and by when, is for the sites to enter: nothing is made up here."
)
HOW_TO_BEGIN = (
    "An action lead signs in and adds an action: what will be done, why it matters in the words of those who asked for it, who leads, "
    "when it is due, and what it should move. How to set this up is told in docs/register.md. To learn the pages first, there is an "
    "example: python -m register example"
)
TWO_VOICES = (
    "The service reports its own status. The panel of service users and carers gives its own view at a review. Both are shown, and "
    "neither is changed to suit the other. They do not agree where the panel says that not enough has changed, or that it is not "
    "complete, and the service says complete or on track."
)
UNMEASURED = "No indicator is linked to these actions. Whether they change anything for people cannot be followed here."
GAPS = (
    "These gaps stand out on the front page, and no action of the site is linked to them for that group. An action that is for everyone "
    "is not counted: it may leave a gap as it is."
)

# Gaps that are listed at once; all of them are in a box below.
FIRST = 10


def show_heading(view: ActionsView) -> None:
    """Where we are, how many actions there are and how they stand, and the key to their statuses."""
    where = [view.place, periods.day(view.read.day)]
    st.html(f'<p class="cg-over">{escaped(" · ".join(where))}</p>')
    st.title("Priorities and actions", anchor=False)
    show_register(view.read)
    if view.every:
        lead = f'<p class="cg-lead">{escaped(lead_sentence(view.where, view.told))}</p>{paragraph(rest_sentence(view.told), "rest")}'
        st.html(("" if view.one else lead) + statuses_key() + paragraph(TWO_VOICES, "small"))


def show_register(read: Promises) -> None:
    """That this is the example, that an earlier day is shown, or why the register cannot be read."""
    if read.trouble:
        st.html(f'<p class="cg-note"><strong>The register cannot be shown.</strong> {escaped(read.trouble)}</p>')
    example = f'<p class="cg-example"><strong>{escaped(EXAMPLE)}</strong></p>' if read.is_example else ""
    past = f'<p class="cg-note">This is how it stood on {escaped(periods.day(read.day))}, not today.</p>'
    if example or read.day < promises.today():
        st.html(example + (past if read.day < promises.today() else ""))


def show_none(read: Promises) -> None:
    """No site has entered an action: the five priorities, and how to begin."""
    if not read.trouble:
        st.html(paragraph(NOTHING_YET))
    rows = [[one.title, one.level] for one in promises.priorities().values()]
    table = Table("The study's five priority actions", ["Priority action", "Level"], rows, "words").html
    st.html(heading("The five priorities") + table + heading("How to begin") + paragraph(HOW_TO_BEGIN))


def show_priorities(view: ActionsView) -> None:
    """Each priority with its actions; one without an action says so."""
    known: dict[str, Priority] = {}
    for state in view.states.values():
        known |= promises.priorities(state)
    for key, priority in known.items():
        mine = [one for one in view.told if one.priority.priority_id == key]
        if mine or (view.choice.priority in {"all", key} and view.choice.status == "all"):
            st.html(_priority(view, priority, mine))
    st.html(paragraph(TIMING, "small"))


def _priority(view: ActionsView, priority: Priority, mine: Sequence[Promise]) -> str:
    level = f'<p class="cg-over">{escaped(LEVELS.get(priority.level, priority.level))}</p>'
    why = paragraph(priority.why, "small")
    cards = "".join(card(view, one) for one in mine) or paragraph("No action has been entered for this priority yet.")
    return heading(priority.title) + level + why + cards


def show_one(view: ActionsView, one: Promise) -> None:
    """Everything about one action, with its history."""
    back = link("actions", place=view.choice.place)
    st.html(f'<p><a href="{escaped(back)}" target="_self">All actions of {escaped(view.place)}</a></p>' + card(view, one, whole=True))
    kept = [entry for entry in view.read.entries[one.site] if entry.at.date() <= view.read.day]
    told = history(kept, view.read.states[one.site], one.action.action_id)
    rows = [[periods.day(each.at.date()), each.by, each.what] for each in told]
    note = "It only grows: nothing is ever taken out or written over. What was put right stands beside what it was."
    table = Table(f"History of: {one.action.title}", ["Day", "Recorded by", "What"], rows, "words").html
    st.html(heading("History") + paragraph(note) + table + paragraph(TIMING, "small"))


def show_statuses(view: ActionsView) -> None:
    """The distribution of statuses over time."""
    show(STATUSES_OVER_TIME, view, head="Is red ever used?")
    if not STATUSES_OVER_TIME.lacks(view):
        st.html(paragraph(STATUSES_OVER_TIME.sentence(view)))


def show_unmeasured(view: ActionsView) -> None:
    """The actions that no indicator is linked to."""
    bare = [one for one in view.every if not one.action.measures]
    if not bare:
        st.html(heading("Actions with no measure") + paragraph("Every action has an indicator that it should move."))
        return
    items = "".join(
        f'<li><a href="{escaped(one.address)}" target="_self">{escaped(one.action.title)}</a>, {escaped(one.place)}</li>' for one in bare
    )
    st.html(heading("Actions with no measure") + paragraph(UNMEASURED) + f"<ul>{items}</ul>")


def show_gaps(view: ActionsView) -> None:
    """The clear gaps of the front page that no action of the site is linked to."""
    head = heading("Gaps with no action")
    if view.read.is_example:
        st.html(head + paragraph("The Example Trust is fictional, so it has no figures and no gaps."))
        return
    if view.read.trouble:
        st.html(head + paragraph("The register cannot be read, so this cannot be told."))
        return
    front = _front(view)
    rows = _uncovered(front, view) if front else []
    if not rows:
        st.html(head + paragraph("Every gap that stands out is linked to an action, or no gap stands out."))
        return
    said = f"{counted(len(rows), 'gap that stands out has', 'gaps that stand out have')} no action."
    some = f"the first {FIRST} of {len(rows)}, " if len(rows) > FIRST else ""
    st.html(head + paragraph(said) + paragraph(GAPS, "small") + _gaps_table(f"{some}{view.place}", rows[:FIRST]))
    if some:
        with st.expander(f"All {len(rows)} gaps with no action"):
            st.html(_gaps_table(f"all of them, {view.place}", rows))


def _gaps_table(which: str, rows: list[list[str]]) -> str:
    return Table(f"Gaps with no action: {which}", ["Gap", "Site", "People or events"], rows, "words").html


def _front(view: ActionsView) -> FrontView | None:
    """The front page of the site or sites, as it opens."""
    found = filters.places_of(view.release_id)
    seen = tuple(found[site] for site in view.states if site in found and found[site].organisations)
    if not seen:
        return None
    groups = summary.groups_of(view.release_id, seen)
    offered = filters.references(groups)
    reference = DEFAULT_REFERENCE if DEFAULT_REFERENCE in offered else next(iter(offered), DEFAULT_REFERENCE)
    place = ALL_SITES if view.choice.place == ALL_SITES.key else seen[0]
    return findings.build(view.release_id, place, seen, reference, summary.against(groups, reference), next(iter(filters.ORDERS)))


def _uncovered(front: FrontView, view: ActionsView) -> list[list[str]]:
    rows: list[list[str]] = []
    for gap in front.found:
        place, one = front.told[gap.look.id]
        if gaps_without_action(view.read.states[place.key], [front.measure(gap)]):
            rows.append([f"{one.row.name}: {gap.compared.reading.name}", place.name, people_affected(gap)])
    return rows


def show_files(view: ActionsView) -> None:
    """Every action that is shown, as a table and as a file."""
    if not view.told:
        return
    paper = f'<a href="{escaped(link("print-pack", place=view.choice.place))}" target="_self">print pack</a>'
    st.html(heading("Take the actions away") + f"<p>For a room without laptops, there is a {paper}.</p>")
    address = view.subject.address(st.context.url)
    data = action_files.csv(view, address)
    with st.expander("The actions as a table and a file"):
        st.html(action_files.table(view).html)
        example = "Example: " if view.read.is_example else ""
        label = f"{example}all actions shown (CSV, {downloads.size(data)})"
        name = f"{view.subject.file}.csv"
        st.download_button(label, data, file_name=name, mime="text/csv", on_click="ignore", key="csv:actions")
