"""The figures that a review looks at: of the release that was frozen for it, for ever, however many releases follow."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from dashboard import filters, knowledge
from dashboard.charts.explore import BETWEEN_GROUPS
from dashboard.frame import show_content_note
from dashboard.measuring import measure_words
from dashboard.release import ReleaseInUse, data_dir
from dashboard.show import show
from dashboard.subject import link
from dashboard.text import escaped, heading, paragraph
from dashboard.view import IndicatorView, build
from equity import periods
from pipelines import releases
from pipelines.errors import PipelineError
from pipelines.releases import Manifest
from register.entities import Action, Measure, Meeting
from register.reference import EVERYONE
from register.rules import EXAMPLE_SITE

ENGLAND_INSTEAD = "The Example Trust is not a real place and has no figures. England's are shown in their place."
NO_MEASURE = "No measure is linked to this action yet, so there is no figure to look at. Its action lead can link one."
NOT_FROZEN = "The figures of this review are not frozen yet. The facilitator freezes them at the start of the review."


@dataclass(frozen=True)
class Frozen:
    """The release of a review, and the one that is served now. ``lost`` says why its figures cannot be shown, if so."""

    release_id: str
    served: ReleaseInUse
    manifest: Manifest | None = None
    lost: str = ""

    @property
    def shown(self) -> ReleaseInUse:
        """The release whose figures are on the page: that of the review, where it is still kept."""
        return ReleaseInUse(self.release_id, self.manifest) if self.manifest else self.served

    @property
    def newer(self) -> bool:
        """Whether there are newer figures than those of the review."""
        return self.release_id != self.served.release_id


def of_meeting(meeting: Meeting, served: ReleaseInUse) -> Frozen | None:
    """What a review is frozen to, None while it is not."""
    if not meeting.release_id:
        return None
    try:
        manifest = releases.read_manifest(data_dir(), meeting.release_id)
    except (PipelineError, OSError):
        words = (
            f"This review looked at release {meeting.release_id}, which is not kept here any more. Its figures cannot be shown, and no "
            "others are shown in their place. Whoever looks after the data may have a copy."
        )
        return Frozen(meeting.release_id, served, lost=words)
    with suppress(PipelineError):  # a review that came from another register: its release is kept from now on
        releases.hold(data_dir(), meeting.release_id)
    return Frozen(meeting.release_id, served, manifest)


def show_figures(action: Action, site: str, frozen: Frozen | None) -> None:
    """What the figures say: one sentence and one simple chart of the first linked measure."""
    st.html(heading("What the figures say"))
    why = NOT_FROZEN if frozen is None else frozen.lost or ("" if action.measures else NO_MEASURE)
    if why or frozen is None:
        st.html(paragraph(why))
        return
    first, *others = action.measures
    found = view_of(frozen.release_id, site, first)
    note = ENGLAND_INSTEAD if site == EXAMPLE_SITE else ""
    if found is None:
        st.html(paragraph(f"This action should move: {measure_words(first)}.") + paragraph(f"Release {frozen.release_id} has no figures."))
        return
    show_content_note([found.selection.indicator.content_note])
    wanted = paragraph(f"This action should move: {'; '.join(measure_words(one) for one in [first, *others])}.")
    st.html(wanted + paragraph(note, "note") + f'<p class="cg-lead">{escaped(found.story[0])}</p>' + paragraph(own_sentence(found, first)))
    show(BETWEEN_GROUPS, found, table=True)
    st.html(paragraph(found.subject.unknown))


def view_of(release_id: str, site: str, measure: Measure) -> IndicatorView | None:
    """The newest figures of a measure at a site, as a release has them."""
    places = filters.places_of(release_id)
    place = places.get(filters.DEFAULT_PLACE if site == EXAMPLE_SITE else site)
    selection = filters.newest_of(release_id, place, measure.indicator_id) if place else None
    return build(release_id, selection) if selection else None


def own_sentence(view: IndicatorView, measure: Measure) -> str:
    """The figure of the group that the action is for; nothing where it is for everyone."""
    row = next((one for one in view.rows.iter_rows(named=True) if one["code"] == measure.ethnicity_code), None)
    if row is None or measure.ethnicity_code == EVERYONE:
        return ""
    interval = f" (95% interval {row['interval_text']})" if row["interval_text"] else ""
    return f"The group that this action is for: {row['name']}, {row['value_text']}{interval}."


def show_which(meeting: Meeting, frozen: Frozen | None, site: str, action: Action | None = None) -> None:
    """Which release it is, when it was frozen, and that newer figures exist, with the way to them."""
    if frozen is None or frozen.lost:
        return
    when = f", frozen on {periods.day(meeting.frozen.date())}" if meeting.frozen else ""
    words = escaped(f"Figures of this review: release {frozen.release_id}{when}. They stay as the panel saw them.")
    if frozen.newer:
        built = periods.day(frozen.served.manifest.created_at.date())
        words += " " + escaped(f"Newer figures exist: release {frozen.served.release_id}, built on {built}.") + _way(site, action)
    st.html(f'<p class="cg-fresh">{words}</p>')


def _way(site: str, action: Action | None) -> str:
    if action is None or not action.measures:
        return ""
    place = filters.DEFAULT_PLACE if site == EXAMPLE_SITE else site
    indicator = action.measures[0].indicator_id
    if indicator not in knowledge.catalogue().indicators:
        return ""
    href = escaped(link("indicator", place=place, indicator=indicator))
    return f' <a href="{href}" target="_blank" rel="noreferrer">See the newer figures (opens in a new tab)</a>'
