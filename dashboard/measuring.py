"""What an action should move: linking an indicator and a group to it, and taking one off again."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import drafts, filters, knowledge, queries
from dashboard.groups import main_scheme
from dashboard.update_more import objections, seen
from register import events as ev
from register.entities import Action, Measure
from register.reference import EVERYONE
from register.state import State
from register.terms import Direction

# The scheme of an indicator of which a release has no figure at the site.
USUAL_SCHEME = "upper_nhs_2001"


def show_measures(release_id: str, site: str, state: State, action: Action) -> None:
    """The measures of an action, with a form to link one and a form to take one off."""
    _show_link(release_id, site, state, action)
    if action.measures:
        _show_unlink(site, state, action)


def _show_link(release_id: str, site: str, state: State, action: Action) -> None:
    form = drafts.form(f"measure:{action.action_id}", site)
    scheme = scheme_of(release_id, site, form.value("indicator"))
    # Another scheme has other groups: what was chosen of one is no choice of another.
    group = f"group:{scheme}"

    def event() -> ev.MeasureLinked | None:
        indicator, code, direction = (form.value(name) for name in ("indicator", group, "direction"))
        if indicator is None or code is None or direction is None:
            return None
        return ev.MeasureLinked(
            action_id=action.action_id, indicator_id=indicator, ethnicity_scheme=scheme, ethnicity_code=code, direction=direction
        )

    with st.expander("Link a measure", expanded=form.open):
        for one in action.measures:
            st.text(f"Linked: {measure_words(one)}")
        refused = objections(event(), state, site)
        form.chosen("Indicator", "indicator", indicators())
        form.need("indicator", "Choose an indicator.")
        form.refuse(refused, "indicator_id", at_once=True)
        form.chosen("Ethnic group", group, groups(scheme))
        form.need(group, "Choose a group.")
        form.refuse(refused, "ethnicity_scheme", "ethnicity_code", at_once=True)
        form.one_of("Which way it should move", "direction", {one: one.words for one in Direction})
        form.need("direction", "Choose a direction.")
        form.button("Link the measure", event, seen(site, state, action), "The measure is linked.")


def _show_unlink(site: str, state: State, action: Action) -> None:
    form = drafts.form(f"unlink:{action.action_id}", site)

    def event() -> ev.MeasureUnlinked | None:
        key = form.value("measure")
        if key is None:
            return None
        indicator, scheme, code = key
        return ev.MeasureUnlinked(
            action_id=action.action_id,
            indicator_id=indicator,
            ethnicity_scheme=scheme,
            ethnicity_code=code,
            reason=form.said("reason"),
        )

    with st.expander("Take a measure off", expanded=form.open):
        st.write("The history keeps that it was linked, and why it was taken off.")
        refused = objections(event(), state, site)
        form.chosen("Measure", "measure", {one.key: measure_words(one) for one in action.measures})
        form.need("measure", "Choose a measure.")
        form.refuse(refused, "indicator_id", at_once=True)
        form.area("Why it is taken off", "reason")
        form.refuse(refused, "reason")
        form.button("Take the measure off", event, seen(site, state, action), "The measure is taken off.")


def scheme_of(release_id: str, site: str, indicator_id: str | None) -> str:
    """The scheme of the groups by which an indicator is shown at a site: an action that is linked by it is told beside its gaps."""
    place = filters.places_of(release_id).get(site)
    newest = filters.newest_of(release_id, place, indicator_id) if place and indicator_id else None
    if newest is None:
        return USUAL_SCHEME
    observed = queries.figures(release_id, newest.indicator.id, newest.organisation.code, newest.start, newest.end)
    return main_scheme(observed) or USUAL_SCHEME


def indicators() -> Mapping[str, str]:
    """The indicators of the catalogue, by id."""
    return {key: f"{knowledge.DOMAINS[one.domain]}: {one.short_name}" for key, one in knowledge.catalogue().indicators.items()}


def groups(scheme: str) -> Mapping[str, str]:
    """Everyone, then the aggregate ethnic groups of a scheme, by code; “Other” last."""
    frame = knowledge.groups().filter(scheme=scheme, level="aggregate")
    named = sorted(frame.select("code", "display").iter_rows(), key=lambda row: (row[0] == "other", row[1]))
    return {EVERYONE: "everyone", **dict(named)}


def measure_words(one: Measure) -> str:
    """A measure in words: "Reliable recovery, Asian: should go up"."""
    named = knowledge.groups().filter(scheme=one.ethnicity_scheme, code=one.ethnicity_code)["display"].to_list()
    group = "everyone" if one.ethnicity_code == EVERYONE else next(iter(named), one.ethnicity_code)
    indicator = knowledge.catalogue().indicators.get(one.indicator_id)
    return f"{indicator.short_name if indicator else one.indicator_id}, {group}: {one.direction.words}"
