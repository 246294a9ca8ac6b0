"""The pack's drawings: simple, black and dark blue on white, each with words in its place. None means anything by colour.

They are pictures in the page's own text (data addresses): nothing is fetched, in the page, in the file and in the PDF.
"""

from __future__ import annotations

from base64 import b64encode

from dashboard.text import escaped
from register.terms import Status, View

INK, BLUE, PAPER = "#1F1F1F", "#12436D", "#FFFFFF"
_LINE = f'fill="none" stroke="{INK}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'
_RING = f'<circle cx="12" cy="12" r="10" {_LINE}/>'
_SPEECH = f'<path d="M2 3h20v13H10l-5 5v-5H2z" {_LINE}/>'

# Name -> the words in its place, and the drawing in a box of 24 by 24.
_DRAWINGS = {
    "tick": ("Tick", f'{_RING}<path d="M7 12.5l3.5 3.5L17 8.5" {_LINE}/>'),
    "arrow": ("Arrow", f'{_RING}<path d="M7 12h10M13 8l4 4-4 4" {_LINE}/>'),
    "warning": ("Warning sign", f'<path d="M12 2.5L22.5 21h-21z" {_LINE}/><path d="M12 9.5v5M12 17.7v.1" {_LINE}/>'),
    "cross": ("Cross", f'<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" {_LINE}/><path d="M8.5 8.5l7 7M15.5 8.5l-7 7" {_LINE}/>'),
    "ring": ("Empty ring", f'<circle cx="12" cy="12" r="10" {_LINE} stroke-dasharray="3 4"/>'),
    "barrier": ("Barrier", f'<path d="M2 7h20v6H2zM6 13v8M18 13v8M8 7l-3 6M14 7l-3 6M20 7l-3 6" {_LINE}/>'),
    "clock": ("Clock", f'{_RING}<path d="M12 6v6l4 3" {_LINE}/>'),
    "question": ("Question mark", f'{_RING}<path d="M9 9.5a3 3 0 1 1 4.2 2.7c-.9.4-1.2 1-1.2 1.8M12 17.3v.1" {_LINE}/>'),
    "people": (
        "People",
        f'<circle cx="8" cy="7" r="3.4" {_LINE}/><path d="M2 21v-3c0-7 12-7 12 0v3" {_LINE}/>'
        f'<path d="M15 3.9a3.4 3.4 0 0 1 0 6.2M17.5 13.3c3 .6 4.5 2.4 4.5 4.7v3" {_LINE}/>',
    ),
    "pencil": ("Pencil", f'<path d="M3 21l1.3-5L17 3.3l3.7 3.7L8 19.700zM14.500 5.800l3.700 3.700" {_LINE}/>'),
    "box": ("Tick box", f'<path d="M3 3h18v18H3z" {_LINE}/>'),
    "speech": ("Speech", _SPEECH),
    "speech-tick": ("Speech with a tick", f'{_SPEECH}<path d="M8.500 9.500l2.500 2.500 4.500-5" {_LINE}/>'),
    "speech-clock": ("Speech with a clock", f'{_SPEECH}<circle cx="12" cy="9.500" r="4.300" {_LINE}/><path d="M12 7v2.500h2" {_LINE}/>'),
    "speech-less": ("Speech with a minus sign", f'{_SPEECH}<path d="M8 9.500h8" {_LINE}/>'),
    "speech-cross": ("Speech with a cross", f'{_SPEECH}<path d="M9 6.500l6 6M15 6.500l-6 6" {_LINE}/>'),
}
OF_STATUS = {
    Status.COMPLETE: "tick",
    Status.ON_TRACK: "arrow",
    Status.AT_RISK: "warning",
    Status.OFF_TRACK: "cross",
    Status.NOT_STARTED: "ring",
    Status.BLOCKED: "barrier",
}
OF_VIEW = {
    View.DIFFERENCE: "speech-tick",
    View.TOO_EARLY: "speech-clock",
    View.NOT_ENOUGH: "speech-less",
    View.DISAGREE: "speech-cross",
}


def picture(name: str) -> str:
    """A drawing as an image of the page."""
    alt, drawing = _DRAWINGS[name]
    return _image(alt, 24, 24, drawing, "pack-sign")


def ten_people(filled: int, who: str) -> str:
    """Ten little people in a row, the first of them filled in; what is filled is said in words too."""
    drawn = "".join(_person(place, place < filled) for place in range(10))
    return _image(f"{filled} of 10 people filled in: {who}", 200, 40, drawn, "pack-ten")


def _person(place: int, filled: bool) -> str:
    paint = f'fill="{BLUE if filled else PAPER}" stroke="{BLUE}" stroke-width="1.600" stroke-linejoin="round"'
    shift = 20 * place
    return f'<g transform="translate({shift} 0)" {paint}><circle cx="10" cy="7" r="5"/><path d="M3 38V22c0-9 14-9 14 0v16z"/></g>'


def _image(alt: str, width: int, height: int, drawing: str, kind: str) -> str:
    # Its own width and height keep its shape where no style sheet is read.
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{drawing}</svg>'
    return f'<img class="{kind}" alt="{escaped(alt)}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}" />'
