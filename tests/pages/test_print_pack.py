"""The print pack: what it says, in which words, how it is drawn, and what the PDF of it holds."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from textstat.textstat import textstat

from dashboard import knowledge, promises, release
from dashboard.pack import pdf, pictures, sheet, wording
from dashboard.pack.build import pack_of
from dashboard.pack.content import Pack
from dashboard.pack.figures import numbers_of
from register.entities import Measure
from register.rules import EXAMPLE_SITE
from register.state import State
from register.terms import Direction, Status, View
from tests.pages import registers
from tests.pages.conftest import Opener
from tests.pages.registers import HOSTILE, TODAY, fill
from tests.pages.screen import Screen
from tests.pages.test_plain_words import BANNED

GRADE = 6.0
RELEASE = "r0001"
BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "h5"}
EVERY_STATE = 30  # days between the days on which the example is read


@pytest.fixture
def folder(starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The starter release and no register, on a day of the tests' own."""
    shutil.copytree(starter / "releases", tmp_path / "releases")
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    monkeypatch.delenv("COMMON_GROUND_REGISTER", raising=False)
    monkeypatch.setattr(promises, "today", lambda: TODAY)
    release.forget()
    yield tmp_path
    release.forget()


@pytest.fixture
def example(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example register, as if it had ended on that day."""
    registers.example(folder)
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "example")
    return folder


@pytest.fixture
def paper() -> None:
    """What PDFs are made with is there, and a font for which the sizes are worked out."""
    fonts = shutil.which("fc-list")
    listed = subprocess.run([fonts], capture_output=True, text=True, check=True).stdout if fonts else ""
    lacks = "" if re.search("Liberation ?Sans|Arial", listed) else "no font as wide as Arial"
    try:
        pdf.pdf('<html lang="en"><head><title>x</title></head><body><p>x</p></body></html>')
    except pdf.NoPdf:
        lacks = "no Pango"
    if lacks and os.environ.get("CI") == "true":
        pytest.fail(lacks)
    if lacks:
        pytest.skip(f"{lacks}: docs/print-pack.md lists what to install")


def packed(site: str = EXAMPLE_SITE, day: date | None = None, state: State | None = None) -> Pack:
    """The pack of all priorities of a site."""
    read = promises.read(day)
    shown = state or read.states[site]
    easy = {one.priority_id: one.easy_title for one in knowledge.reference().priorities}
    return pack_of(
        promises.name_of(site),
        shown,
        promises.priorities(shown),
        easy,
        numbers_of(RELEASE, site),
        day=day or read.day,
        past=read.day < TODAY,
        release_id=RELEASE,
        example=read.is_example,
    )


def with_measures(state: State, *measures: Measure) -> State:
    """The state with these measures, one an action."""
    actions = dict(state.actions)
    for name, measure in zip(actions, measures, strict=False):
        actions[name] = replace(actions[name], measures=(measure,))
    return replace(state, actions=actions)


def tree(pack: Pack) -> ET.Element:
    return ET.fromstring(sheet.pages(pack))


def blocks(pack: Pack) -> list[str]:
    """Each paragraph, heading and item, as it is read."""
    return ["".join(one.itertext()).strip() for one in tree(pack).iter() if one.tag in BLOCKS]


def of_class(pack: Pack, name: str) -> list[str]:
    return [" ".join("".join(one.itertext()).split()) for one in tree(pack).iter() if name in one.get("class", "").split()]


def sentences(pack: Pack, state: State) -> Iterator[str]:
    """Every sentence of ours: without the titles and roles that a site wrote itself, and the name of a service."""
    own = [text for one in state.actions.values() for text in (one.title, one.lead)]
    own += [one.title for one in state.priorities.values()]
    for block in blocks(pack):
        text = block
        for written in own:
            text = text.replace(written, "")
        text = (
            text.removeprefix("A number: ")
            .replace("Example Trust", "Place")
            .replace("talking therapies", "care")
            .replace("talking therapy", "care")
        )
        yield from (part.strip() for part in re.split(r"(?<=[.?]) +", text) if part.strip())


def days_of_the_example() -> list[date]:
    """From its first entry to long after its last: what is late, stale and complete at some time."""
    return [TODAY + timedelta(days=shift) for shift in range(-300, 301, EVERY_STATE)]


# ---------------------------------------------------------------------------------------------------------- Words


def test_every_sentence_that_the_example_can_say_is_of_grade_6_or_lower(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[str] = set()
    for day in days_of_the_example():
        now = max(day, TODAY)
        monkeypatch.setattr(promises, "today", lambda now=now: now)
        read = promises.read(day)
        said |= set(sentences(packed(day=day), read.states[EXAMPLE_SITE]))
    assert len(said) > 60
    assert {one for one in said if textstat.flesch_kincaid_grade(one) > GRADE} == set()
    assert [one for one in said if BANNED.search(one) or re.search(r"\b(None|nan|inf)\b|  ", one)] == []


def test_every_page_as_a_whole_is_of_grade_6_or_lower_with_what_the_site_wrote(example: Path) -> None:
    for page in tree(packed()):
        text = " ".join(f"{''.join(one.itertext()).strip().rstrip('.')}." for one in page.iter() if one.tag in BLOCKS)
        assert textstat.flesch_kincaid_grade(text) <= GRADE, text


def test_every_number_of_the_catalogue_is_asked_about_in_easy_words() -> None:
    from equity.sentences.easy import easy_question

    for indicator in knowledge.catalogue().indicators.values():
        words = easy_question(knowledge.wording(indicator, "trust"))
        assert not BANNED.search(words)
        assert words.endswith((".", "?"))
        assert max(len(part.split()) for part in re.split(r"(?<=[.?]) ", words)) <= 15, words


@pytest.mark.parametrize("status", Status)
def test_a_status_is_its_letter_its_words_and_a_drawing(example: Path, status: Status) -> None:
    assert len(set(pictures.OF_STATUS.values())) == len(Status)
    state = promises.read().states[EXAMPLE_SITE]
    last = replace(state.actions["walk_in"].updates[-1], status=status)
    pack = packed(state=replace(state, actions={"walk_in": replace(state.actions["walk_in"], updates=(last,), confirmed=None)}))
    assert pack.sheets[0].promises[0].service.sign == pictures.OF_STATUS[status if status is not Status.ON_TRACK else Status.AT_RISK]
    assert f"{status.letter} {status.words.partition(':')[0]}." in wording.key()


def test_every_view_has_a_drawing_of_its_own_and_a_box_to_tick(example: Path) -> None:
    assert len(set(pictures.OF_VIEW.values())) == len(View)
    ticked = of_class(packed(), "pack-ticks")[0]
    for view in View:
        assert view.words in ticked.lower()


def test_status_and_view_stand_side_by_side(example: Path) -> None:
    voices = of_class(packed(), "pack-voices")
    assert len(voices) == 6
    assert all("The service says" in one and "The panel says" in one for one in voices)
    assert "B complete and confirmed It is done. The panel agrees." in voices[0]
    assert "We can see a difference" in voices[0]
    assert "A at risk It may not be done in time." in voices[1]
    assert "X blocked: outside our control No news for 190 days." in voices[2]
    assert "The panel has not said yet." in voices[2]


def test_a_disagreement_is_said(example: Path) -> None:
    assert of_class(packed(), "pack-apart") == [wording.NOT_AGREED]


def test_due_dates_are_said_plainly_with_how_late_and_the_first_one(example: Path) -> None:
    whens = [one.partition("When: ")[2] for one in of_class(packed(), "pack-pair") if "When:" in one]
    assert whens == [
        "Done, 20 days late. It was due by 7 March 2026.",
        "By 14 August 2026. The first date was 17 March 2026.",
        "By 13 October 2026.",
        "Done on time. It was due by 1 May 2026.",
        "By 1 January 2027.",
        "It was due by 16 May 2026. It is 30 days late.",
    ]


def test_each_page_says_where_when_of_which_release_and_that_it_is_an_example(example: Path) -> None:
    covers = of_class(packed(), "pack-cover")
    assert set(covers) == {f"Example Trust. 15 June 2026. Release {RELEASE}. {wording.EXAMPLE}"}
    assert len(covers) == len(list(tree(packed())))
    assert "Example" in packed().title


def test_several_views_are_counted(example: Path) -> None:
    state = promises.read().states[EXAMPLE_SITE]
    mine = next(one for one in state.views.values() if one.view_id == "v5")
    views = {**state.views, "v6": replace(mine, view_id="v6"), "v7": replace(mine, view_id="v7", view=View.TOO_EARLY)}
    said = of_class(packed(state=replace(state, views=views)), "pack-voices")[-1]
    assert "1 said: too early to tell" in said
    assert "2 said: not enough has changed" in said


def test_a_priority_without_a_promise_is_not_passed_over(example: Path) -> None:
    pack = packed()
    assert pack.without == ("Have one team to lead change in England", "Plan and run care with the people who use it")
    assert blocks(pack)[-4:] == [wording.WITHOUT_ASK, *pack.without, wording.WITHOUT_WRITE]


# -------------------------------------------------------------------------------------------------------- Numbers


def alts(pack: Pack) -> list[str]:
    """What is read out in place of the rows of people."""
    return [one.get("alt", "") for one in tree(pack).iter("img") if one.get("class") == "pack-ten"]


def measure(indicator: str, code: str, scheme: str = "upper_nhs_2001", way: Direction = Direction.HIGHER) -> Measure:
    return Measure(indicator, scheme, code, way)


def sheffield(*measures: Measure) -> Pack:
    """The fictional actions with the published figures of Sheffield, which is enough to look at numbers."""
    return packed("sheffield", state=with_measures(promises.read().states[EXAMPLE_SITE], *measures))


def test_a_known_proportion_is_people_of_ten_beside_the_reference_group(example: Path) -> None:
    pack = sheffield(measure("tt_recovery", "asian", way=Direction.CLOSER))
    first = of_class(pack, "pack-number")[0]
    assert "Sheffield Health and Social Care NHS Foundation Trust, April 2024 to March 2025." in first
    assert "People from Asian ethnic groups: about 4 in every 10. It is 39 in every 100. It is likely to be 35 to 44." in first
    assert "People from White ethnic groups: about 5 in every 10. It is 54 in every 100." in first
    assert "The ethnic group is not known for 3 in every 100 referrals." in first
    assert "We want these to be closer." in first
    assert alts(pack)[:2] == [
        "4 of 10 people filled in: People from Asian ethnic groups",
        "5 of 10 people filled in: People from White ethnic groups",
    ]


def test_a_figure_of_too_few_people_or_of_none_at_all_is_words(example: Path) -> None:
    pack = sheffield(measure("tt_recovery", "B", "nhs_16"), measure("mha_cto", "M", "nhs_16"), measure("tt_recovery", "V", "nhs_16"))
    numbers = of_class(pack, "pack-number")
    assert any("People from the White Irish ethnic group: Too few people to be sure." in one for one in numbers)
    assert sum(wording.NO_FIGURES in one for one in numbers) == 1
    assert "5 of 10 people filled in: People from White ethnic groups" in alts(pack)
    assert not [one for one in alts(pack) if one.startswith("0 of 10")]


def test_a_suppressed_figure_is_words_and_never_a_picture_of_nobody(example: Path) -> None:
    from dashboard import queries

    found = queries.newest(RELEASE, ("RYG", "RXV", "RWK", "TAH", "QF7", "QOP", "QWU", "QMF"))
    hidden = found.filter(found["cell_state"] == "suppressed").sort("indicator_id", "ethnicity_code").row(0, named=True)
    site = next(one.key for one in knowledge.sites() if hidden["org_code"] in {one.trust_code, one.icb_code})
    wanted = measure(hidden["indicator_id"], hidden["ethnicity_code"], hidden["ethnicity_scheme"])
    state = promises.read().states[EXAMPLE_SITE]
    only = replace(state, actions={"walk_in": replace(state.actions["walk_in"], measures=(wanted,))})
    pack = packed(site, state=only)
    assert "This number is hidden to protect people." in of_class(pack, "pack-number")[0]
    assert not [one for one in alts(pack) if one.startswith("0 of 10")]


def test_a_measure_of_everyone_says_that_it_shows_no_groups(example: Path) -> None:
    numbers = of_class(packed(), "pack-number")
    assert wording.EVERYONE in numbers[0]
    assert "England, April 2024 to March 2025." in numbers[1]
    assert "All people: about 5 in every 10. It is 51 in every 100." in numbers[1]
    assert numbers[2] == f"A number: {wording.NO_NUMBER_LINKED}"


def test_a_release_that_is_no_longer_kept_is_words(example: Path) -> None:
    walk_in = promises.read().states[EXAMPLE_SITE].actions["walk_in"]
    assert numbers_of("r0099", EXAMPLE_SITE)(walk_in).about == wording.NO_RELEASE


# ------------------------------------------------------------------------------------------------------------ PDF


def texts(data: bytes) -> list[str]:
    """The words of each page."""
    with pypdfium2.PdfDocument(data) as found:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in found]


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The elements of a structure, in the order in which they are read."""
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        kids = node.get("/K")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []:
            yield from elements(kid)


def test_the_pdf_is_tagged_named_and_in_english(example: Path, paper: None) -> None:
    with pikepdf.open(BytesIO(pdf.pdf(sheet.document(packed())))) as found:
        root = found.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert str(found.docinfo["/Title"]) == "Print pack, Example Trust, Example"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert b"pdfuaid" in bytes(root.Metadata.read_bytes())
        tags = list(elements(root.StructTreeRoot))
        names = [str(one.S) for one in tags]
        assert {"/H1", "/H2", "/H3", "/P", "/Figure", "/Sect", "/L"} <= set(names)
        assert names.count("/H1") == 5
        assert [one for one in tags if one.S == "/Figure" and not str(one.get("/Alt", ""))] == []


def test_the_pdf_has_one_page_a_priority_with_its_words(example: Path, paper: None) -> None:
    pack = packed()
    pages = texts(pdf.pdf(sheet.document(pack)))
    titles = [one.heading for one in pack.sheets]
    assert len(titles) == len(set(titles)) == 4
    assert len(pages) == len(titles) + 1  # those without a promise share the last one
    for page, one in zip(pages, pack.sheets, strict=False):
        for words in (
            one.heading,
            wording.WRITE,
            "The service says",
            "The panel says",
            "Who leads:",
            *(each.lead for each in one.promises),
        ):
            assert words in page
        assert all(each.title in page for each in one.promises)
    assert wording.WITHOUT in pages[-1]


def test_a_priority_with_more_to_say_goes_on_and_says_so(example: Path, paper: None) -> None:
    state = promises.read().states[EXAMPLE_SITE]
    more = {f"more{number}": replace(state.actions["circle"], action_id=f"more{number}") for number in range(5)}
    pack = packed(state=replace(state, actions={**state.actions, **more}))
    mine = [one for one in pack.sheets if one.heading == "Talk openly about race, culture and racism"]
    assert [one.part for one in mine] == [f"Page {number} of {len(mine)}" for number in range(1, len(mine) + 1)]
    assert sum(len(one.promises) for one in mine) == 7
    assert max(len(one.promises) for one in mine) == 2
    assert len(texts(pdf.pdf(sheet.document(pack)))) == len(pack.sheets) + 1


def test_a_very_long_text_is_printed_whole(example: Path, paper: None) -> None:
    state = promises.read().states[EXAMPLE_SITE]
    long = " ".join(f"word{number}" for number in range(500))
    actions = {"walk_in": replace(state.actions["walk_in"], title=f"Example: {long}")}
    printed = " ".join(texts(pdf.pdf(sheet.document(packed(state=replace(state, actions=actions))))))
    assert all(f"word{number}" in printed for number in (0, 250, 499))


def test_print_is_large(example: Path) -> None:
    style = sheet.STYLE.read_text(encoding="utf-8")
    sizes = [float(size) for size in re.findall(r"([\d.]+)pt", style)]
    assert min(sizes) == 16
    assert not re.search(r"font-size:[^;]*(em|px|%)", style)


def test_the_pdf_asks_nothing_of_anyone(paper: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        named = [f"http://127.0.0.1:{server.getsockname()[1]}/x.png", (Path(__file__).parents[2] / "dashboard/assets/favicon.png").as_uri()]
        images = "".join(f'<img alt="not fetched" src="{one}"/>' for one in named)
        data = pdf.pdf(f'<html lang="en"><head><title>x</title></head><body>{images}</body></html>')
        with pytest.raises(TimeoutError):
            server.accept()
    with pikepdf.open(BytesIO(data)) as found:
        assert [page for page in found.pages if page.get_images()] == []


# ---------------------------------------------------------------------------------------------------- Hostile text


def test_what_was_entered_is_text_in_page_file_and_pdf(folder: Path, paper: None) -> None:
    fill(folder, "sheffield", registers.hostile())
    pack = packed("sheffield")
    assert HOSTILE in " ".join(of_class(pack, "pack-title-of"))
    own = {"div", "section", "article", "p", "b", "br", "span", "img", "ul", "li", "h1", "h2", "h3"}
    assert {one.tag for one in tree(pack).iter()} <= own
    assert all(one.get("src", "").startswith("data:image/svg+xml;base64,") for one in tree(pack).iter("img"))
    assert not [name for one in tree(pack).iter() for name in one.attrib if name.startswith("on") or name == "style"]
    printed = " ".join(texts(pdf.pdf(sheet.document(pack)))).replace(" ", "")
    assert "<script>alert(1)</script>" in printed


# ----------------------------------------------------------------------------------------------------------- Page


def opened(open_page: Opener, folder: Path, **choices: str) -> Screen:
    screen = open_page(folder, "print_pack", **choices)
    assert screen.faults == []
    return screen


def with_files(screen: Screen) -> Screen:
    """The page after its box of files was opened."""
    box = next(one for one in screen.app.expander if one.label.startswith("Print or save"))
    screen.app.session_state[box.proto.id.split("-", 2)[-1]] = True
    return screen.again()


def test_the_page_shows_the_same_pages(example: Path, open_page: Opener) -> None:
    screen = opened(open_page, example)
    assert screen.app.title[0].value == "Print pack"
    assert sheet.pages(packed(), level=3) in screen.bodies
    assert "Example. This register is fictional" in screen.words


def test_files_are_made_only_when_asked_for_and_name_type_and_size(example: Path, paper: None, open_page: Opener) -> None:
    screen = opened(open_page, example)
    assert screen.files("pack:application/pdf") == []
    labels = [one.proto.label for one in with_files(screen).app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert len(labels) == 2
    assert re.fullmatch(r"Print pack \(PDF, \d+ kB\)", labels[0])
    assert re.fullmatch(r"Print pack \(HTML, \d+ kB\)", labels[1])


def test_one_priority_is_one_page(example: Path, open_page: Opener) -> None:
    screen = opened(open_page, example, priority="open_discussion")
    assert [one.text for one in screen.of_class("pack-priority")] == ["Talk openly about race, culture and racism"]
    none = opened(open_page, example, priority="national_hub")
    assert [one.text for one in none.of_class("pack-priority")] == [wording.WITHOUT]


def test_a_review_that_is_over_shows_what_was_known_then(example: Path, open_page: Opener) -> None:
    screen = opened(open_page, example, review="review_1")
    assert "As it was on 27 December 2025." in screen.said("pack-cover")
    assert "complete" not in screen.said("pack-voices").replace("that this is complete", "")
    assert screen.query["review"] == "review_1"


def test_where_no_pdf_can_be_made_the_page_says_so_and_gives_the_html(
    example: Path, open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    again = with_files(opened(open_page, example))
    assert "The PDF cannot be made on this computer" in again.app.info[0].value
    assert len(again.files("pack:text/html")) == 1
    assert again.files("pack:application/pdf") == []


def test_an_empty_register_gives_a_page_that_asks(folder: Path, open_page: Opener) -> None:
    screen = opened(open_page, folder, place="sheffield")
    assert [one.text for one in screen.of_class("pack-priority")] == [wording.WITHOUT]
    assert "Offer care that fits each culture" in screen.words
    assert not (folder / "register.sqlite").exists()


def test_a_register_that_cannot_be_read_is_told(folder: Path, open_page: Opener) -> None:
    (folder / "register.sqlite").write_bytes(b"no database" * 100)
    screen = opened(open_page, folder)
    assert any("The register cannot be read" in one for one in screen.notices)
