"""The actions that are linked to what a page shows: on a gap's card, at an indicator, beside a time line."""

from __future__ import annotations

import streamlit as st

from dashboard import promises
from dashboard.action_cards import voices
from dashboard.action_words import panel_words, status_words
from dashboard.actions import Promise
from dashboard.doing import Doing, doing_about, nothing_done
from dashboard.marked import Marked, line_words
from dashboard.moved import people_of
from dashboard.text import escaped, heading, paragraph
from dashboard.view import IndicatorView
from dashboard.voices import badge, statuses_key
from equity.numbers import listed

HEAD = "What is being done"


def link_to(one: Promise) -> str:
    """The action by its title, as a way to everything about it."""
    return f'<a href="{escaped(one.address)}" target="_self">{escaped(one.action.title)}</a>'


def doing_html(found: Doing) -> str:
    """The actions that are linked to a gap, each with its status and the panel's view, or that there is none."""
    items = "".join(_item(one, "") for one in found.own) + "".join(_item(one, "For everyone: ") for one in found.everyone)
    return items or escaped(found.none)


def _item(one: Promise, whom: str) -> str:
    return f"<p>{whom}{link_to(one)}<br/>{badge(one.shown.status, status_words(one.shown))}<br/>{escaped(panel_words(one))}</p>"


def linked_html(found: Marked) -> str:
    """The actions that are linked to a gap, with the numbers that they have on the chart, or that there is none."""
    if not found.numbered:
        return heading(HEAD, 3) + paragraph(f"{found.doing.none}.")
    items = "".join(
        f'<li><span class="cg-flag-pin">{number}</span> {link_to(one)}. {badge(one.shown.status, status_words(one.shown))} '
        f"{escaped(panel_words(one))}. {escaped(line_words(number, one, found.of(number)))}</li>"
        for number, one in found.numbered
    )
    return heading(HEAD, 3) + f'<ul class="cg-doing">{items}</ul>{statuses_key()}'


def show_doing(view: IndicatorView) -> None:
    """What the site does about an indicator, for whichever group; the service's status and the panel's view side by side."""
    site, indicator, read = view.selection.place.key, view.selection.indicator.id, promises.read()
    items = "".join(
        f"<section><h3>{link_to(one)}</h3>{paragraph(_whom(one, indicator), 'small')}{voices(one, 4)}</section>"
        for one in doing_about(read, site, indicator)
    )
    st.html(heading(HEAD) + (f"{items}{statuses_key()}" if items else paragraph(f"{nothing_done(read)}.")))


def _whom(one: Promise, indicator: str) -> str:
    """Which groups it is for, and which way their figures should go."""
    said = [f"{people_of(each)} ({each.direction.words})" for each in one.action.measures if each.indicator_id == indicator]
    return f"For {listed(said)}. Who leads: {one.action.lead}."
