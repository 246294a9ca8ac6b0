"""Text on the screen as text: what comes from a file is never markup."""

from __future__ import annotations

import html
import re

# Markdown that Streamlit would act upon, and its directives (:red[...], $formula$).
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=@])")


def escaped(text: object) -> str:
    """Text inside HTML, in an element or a quoted attribute."""
    return html.escape(str(text), quote=True)


def literal(text: str) -> str:
    """Text inside Markdown, so that it reads as it was written."""
    return _MARKDOWN.sub(r"\\\1", text)


def table(caption: str, columns: list[str], rows: list[list[str]], kind: str = "figures") -> str:
    """A semantic table: a caption, column headers, and each row's first cell as its header. Everything is escaped."""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escaped(row[0])}</th>{"".join(f"<td>{escaped(cell)}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    inner = f"<caption>{escaped(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return (
        f'<div class="cg-scroll" role="region" tabindex="0" aria-label="{escaped(caption)}">'
        f'<table class="cg-table cg-{escaped(kind)}">{inner}</table></div>'
    )
