"""The pack as HTML: the same pages on the screen, in the file and in the PDF. Whatever was entered is text."""

from __future__ import annotations

from pathlib import Path

from dashboard.pack import wording
from dashboard.pack.content import Number, Pack, Promise, Said, Sheet
from dashboard.pack.pictures import picture, ten_people
from dashboard.text import escaped
from equity.sentences.easy import EasyFigure

STYLE = Path(__file__).resolve().parent / "pack.css"
LINES_ALONE = 14


def document(pack: Pack) -> str:
    """The whole pack as a document of its own, which a browser prints as it is and the PDF is made of."""
    style = STYLE.read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"/><title>{escaped(pack.title)}</title>'
        f'<meta name="viewport" content="width=device-width"/><style>{style}</style></head><body><main>{pages(pack)}</main></body></html>\n'
    )


def pages(pack: Pack, level: int = 1) -> str:
    """The pages; the headings of priorities are of ``level``."""
    sheets = [_sheet(pack, one, level) for one in pack.sheets]
    without = [_without(pack, level)] if pack.without else []
    return f'<div class="cg-pack">{"".join([*sheets, *without])}</div>'


def _sheet(pack: Pack, sheet: Sheet, level: int) -> str:
    promises = "".join(_promise(one, sheet.lines, level + 1) for one in sheet.promises)
    whole = f'<div class="pack-roomy">{promises}</div>' if sheet.roomy else promises
    title = f"{sheet.heading}. {sheet.part}" if sheet.part else sheet.heading
    return _page(pack, title, whole + f'<p class="pack-letters">{escaped(wording.key())}</p>', level)


def _without(pack: Pack, level: int) -> str:
    items = "".join(f"<li>{escaped(one)}</li>" for one in pack.without)
    return _page(
        pack,
        wording.WITHOUT,
        f"<p>{escaped(wording.WITHOUT_ASK)}</p><ul>{items}</ul>"
        f'<div class="pack-roomy">{_heading("pencil", wording.WITHOUT_WRITE, level + 1)}{_lines(LINES_ALONE)}</div>',
        level,
    )


def _page(pack: Pack, title: str, body: str, level: int) -> str:
    cover = " ".join(escaped(words) for words in pack.cover)
    example = f" <b>{escaped(wording.EXAMPLE)}</b>" if pack.example else ""
    head = f'<h{level} class="pack-priority">{escaped(title)}</h{level}>'
    return f'<section class="pack-sheet"><p class="pack-cover">{cover}{example}</p>{head}{body}</section>'


def _promise(promise: Promise, lines: int, level: int) -> str:
    apart = f'<p class="pack-apart">{picture("warning")} {escaped(promise.apart)}</p>' if promise.apart else ""
    panel = "".join(_said(one) for one in promise.panel)
    return (
        f'<article class="pack-promise"><h{level} class="pack-title-of"><span class="pack-we">We promised:</span> '
        f"{escaped(promise.title)}</h{level}>"
        f'<div class="pack-pair"><p>{picture("people")} <b>Who leads:</b> {escaped(promise.lead)}</p>'
        f"<p>{picture('clock')} <b>When:</b> {escaped(promise.due)}</p></div>"
        f'<div class="pack-pair pack-voices"><div>{_heading("", "The service says", level + 1)}{_said(promise.service)}</div>'
        f"<div>{_heading('', 'The panel says', level + 1)}{panel}</div></div>{apart}"
        f"{_number(promise.number)}{_think(lines, level + 1)}</article>"
    )


def _said(said: Said) -> str:
    letter = f'<b class="pack-letter">{escaped(said.letter)}</b> ' if said.letter else ""
    more = f" <br/>{escaped(said.more)}" if said.more else ""
    return f'<p class="pack-said">{picture(said.sign)} {letter}<b>{escaped(said.words)}</b>{more}</p>'


def _number(number: Number) -> str:
    groups = "".join(_figure(one) for one in number.groups)
    notes = f"<p>{escaped(number.notes)}</p>" if number.notes else ""
    beside = f'<div class="pack-pair">{groups}</div>' if len(number.groups) > 1 else groups
    return f'<div class="pack-number"><p><b>A number:</b> {escaped(number.about)}</p>{beside}{notes}</div>'


def _figure(figure: EasyFigure) -> str:
    drawn = ten_people(figure.filled, figure.who) if figure.filled is not None else ""
    sure = f" {escaped(figure.sure)}" if figure.sure else ""
    return f'<div class="pack-of-ten">{drawn}<p>{escaped(figure.who)}: <b>{escaped(figure.amount)}</b>{sure}</p></div>'


def _think(lines: int, level: int) -> str:
    boxes = "".join(f"<li>{picture('box')} {escaped(one)}</li>" for one in wording.choices())
    return f'<div class="pack-think">{_heading("pencil", wording.WRITE, level)}<ul class="pack-ticks">{boxes}</ul>{_lines(lines)}</div>'


def _heading(sign: str, words: str, level: int) -> str:
    return f'<h{level} class="pack-part">{picture(sign) if sign else ""} {escaped(words)}</h{level}>'


def _lines(count: int) -> str:
    return f'<div class="pack-lines">{"<div></div>" * count}</div>'
