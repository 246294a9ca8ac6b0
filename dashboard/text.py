"""Text on the screen as text: what comes from a file is never markup."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

# Markdown that Streamlit would act upon, and its directives (:red[...], $formula$).
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=@])")

# What Markdown makes a link of even where every sign is escaped; an invisible joiner within keeps it text.
_LINKED = re.compile(r"https?:(?=//)|www(?=\.)|@(?=\w)", re.IGNORECASE)
_JOINER = "\u2060"


def escaped(text: object) -> str:
    """Text inside HTML, in an element or a quoted attribute."""
    return html.escape(str(text), quote=True)


def literal(text: str) -> str:
    """Text inside Markdown, so that it reads as it was written."""
    return _MARKDOWN.sub(r"\\\1", _LINKED.sub(rf"\g<0>{_JOINER}", text))


def heading(words: str, level: int = 2) -> str:
    """A heading as HTML. A page sends each part as a message of its own, so what stands together is sent together."""
    return f"<h{level}>{escaped(words)}</h{level}>"


def paragraph(words: str, kind: str = "plain") -> str:
    """A paragraph as HTML, in the style of its kind; nothing where there are no words."""
    return f'<p class="cg-{kind}">{escaped(words)}</p>' if words else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: a caption, column headers, and rows whose first cell is their header. ``kind`` is figures, words or definitions."""

    caption: str
    columns: list[str]
    rows: list[list[str]]
    kind: str = "figures"

    @property
    def html(self) -> str:
        """A semantic table; everything is escaped."""
        head = "".join(f'<th scope="col" role="columnheader">{escaped(name)}</th>' for name in self.columns)
        body = "".join(f'<tr role="row">{_header(row[0])}{_cells(self.columns, row)}</tr>' for row in self.rows)
        # On a narrow screen the rows become cards; the roles keep it a table for those who do not see it.
        return (
            f'<div class="cg-scroll" role="region" tabindex="0" aria-label="{escaped(self.caption)}">'
            f'<table role="table" class="cg-table cg-{escaped(self.kind)}"><caption>{escaped(self.caption)}</caption>'
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
        )


def _header(name: str) -> str:
    return f'<th scope="row" role="rowheader">{escaped(name)}</th>'


def _cells(columns: list[str], row: list[str]) -> str:
    return "".join(
        f'<td role="cell" data-label="{escaped(name)}">{escaped(cell)}</td>' for name, cell in zip(columns[1:], row[1:], strict=True)
    )
