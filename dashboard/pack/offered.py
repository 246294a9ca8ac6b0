"""The page of the print pack: what is chosen, the pages as they will be printed, and the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from dashboard import downloads, knowledge, promises
from dashboard.address import choose
from dashboard.choosing import site_of
from dashboard.once import once
from dashboard.pack import pdf, sheet
from dashboard.pack.build import pack_of
from dashboard.pack.content import Pack
from dashboard.pack.figures import numbers_of
from dashboard.promises import Promises
from dashboard.text import escaped, heading, literal, paragraph
from equity import periods
from register.entities import Meeting, Priority

EVERY_PRIORITY, NO_MEETING = "all", "none"
LEAD = "Paper for a room without laptops: one page a priority, in large print and easy words."
HOW = (
    "Each page says what was promised, who leads, when it is due, what the service says and what the panel says, with one number and "
    "room to write. A priority with much to say goes on to a second page. Print on A4 at its actual size."
)
REVIEW_HELP = "A review that is over shows what was known at the end of its day, with the figures that were frozen for it."
EXAMPLE = "Example. This register is fictional: the site and its promises are true of no place. Each page says so."
TROUBLE = "The register cannot be read, so there is nothing to print."
HTML = "text/html"


@dataclass(frozen=True)
class Choice:
    """What is to be printed. ``read`` is the register as it is, or as it was at the end of the day of a review that is over."""

    site: str
    priority: str
    meeting: Meeting | None
    read: Promises
    release_id: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same key, the same pack."""
        name = self.meeting.meeting_id if self.meeting else NO_MEETING
        return ("pack", self.read.version, self.site, self.priority, name, self.release_id)


def choose_pack(release_id: str, now: Promises) -> Choice:
    """Site, priority and review; of a review, the release that was frozen for it."""
    sites = {site: promises.name_of(site) for site in now.states}
    site = site_of("Site", sites, next(iter(sites)), release_id)
    titles = {key: one.title for key, one in promises.priorities(now.states[site]).items()}
    others = {name for state in now.states.values() for name in state.priorities}
    priority = choose(
        "Priority", "priority", {EVERY_PRIORITY: "All priorities", **titles}, EVERY_PRIORITY, elsewhere=others - titles.keys()
    )
    meeting = _choose_meeting(now, site)
    over = meeting is not None and meeting.on < now.day
    read = promises.read(meeting.on) if over and meeting else now
    return Choice(site, priority, meeting, read, (meeting.release_id if meeting else "") or release_id)


def _choose_meeting(now: Promises, site: str) -> Meeting | None:
    known = sorted(now.states[site].meetings.values(), key=lambda one: one.on, reverse=True)
    named = {one.meeting_id: _meeting_words(one) for one in known}
    others = {name for state in now.states.values() for name in state.meetings}
    offered = {NO_MEETING: "As it is today", **named}
    chosen = choose("Review", "review", offered, NO_MEETING, help=REVIEW_HELP, elsewhere=others - named.keys())
    return now.states[site].meetings.get(chosen)


def _meeting_words(one: Meeting) -> str:
    return f"{periods.day(one.on)} ({f'release {one.release_id}' if one.release_id else 'figures not frozen yet'})"


def build(choice: Choice, now: Promises) -> Pack:
    """The pack of a choice, worked out once for all readers."""
    return once(choice.key, lambda: _build(choice, now))


def _build(choice: Choice, now: Promises) -> Pack:
    state = choice.read.states[choice.site]
    return pack_of(
        promises.name_of(choice.site),
        state,
        _priorities(choice, promises.priorities(state)),
        {one.priority_id: one.easy_title for one in knowledge.reference().priorities},
        numbers_of(choice.release_id, choice.site),
        day=choice.read.day,
        past=choice.read.day < now.day,
        release_id=choice.release_id,
        example=choice.read.is_example,
    )


def _priorities(choice: Choice, known: Mapping[str, Priority]) -> Mapping[str, Priority]:
    return known if choice.priority == EVERY_PRIORITY else {key: one for key, one in known.items() if key == choice.priority}


def show_heading(now: Promises, choice: Choice) -> None:
    """What this is, and whether the register is the example or cannot be read."""
    st.html(f'<p class="cg-over">{escaped(promises.name_of(choice.site))} · {escaped(periods.day(choice.read.day))}</p>')
    st.title("Print pack", anchor=False)
    if now.trouble:
        st.warning(literal(f"{TROUBLE} {now.trouble}"))
    note = f'<p class="cg-note">{escaped(EXAMPLE)}</p>' if now.is_example else ""
    st.html(f'<p class="cg-lead">{escaped(LEAD)}</p>{paragraph(HOW)}{note}')


@st.fragment
def show_files(pack: Pack, choice: Choice) -> None:
    """The pack as files, made when somebody asks: a PDF takes a second or two."""
    box = st.expander("Print or save these pages", on_change="rerun", key="|".join(choice.key))
    if not box.open:
        return
    document = sheet.document(pack)
    name = f"{'example_' if pack.example else ''}print_pack_{choice.site}_{pack.day.isoformat()}"
    with box:
        made = once(("pack pdf", sha256(document.encode()).hexdigest()), lambda: _pdf(document))
        if isinstance(made, str):
            st.info(literal(made))
        else:
            _offer(f"Print pack (PDF, {downloads.size(made)})", made, f"{name}.pdf", pdf.MIME)
        text = document.encode()
        _offer(f"Print pack (HTML, {downloads.size(text)})", text, f"{name}.html", HTML)


def _pdf(document: str) -> bytes | str:
    """The PDF, or in words why there is none."""
    try:
        return pdf.pdf(document)
    except pdf.NoPdf as reason:
        return str(reason)


def _offer(label: str, data: bytes, name: str, mime: str) -> None:
    st.download_button(label, data, file_name=name, mime=mime, on_click="ignore", key=f"pack:{mime}")


def show_pages(pack: Pack) -> None:
    """The same pages on the screen, on white as they will be on paper."""
    st.html(heading("The pages"))
    st.html(sheet.STYLE)
    st.html(sheet.pages(pack, level=3))
