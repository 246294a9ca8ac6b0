"""The pack as a tagged PDF (PDF/UA-1), made of its HTML by WeasyPrint, which asks nothing of the network and reads no file."""

from __future__ import annotations

import importlib
from typing import Any

MIME = "application/pdf"
MISSING = (
    "The PDF cannot be made on this computer: a part that WeasyPrint needs is missing (Pango). Print the HTML file from a browser "
    "instead; it gives the same pages. Whoever looks after the computer finds what to install in docs/print-pack.md."
)


class NoPdf(Exception):
    """What PDFs are made with is not installed whole."""


def pdf(document: str) -> bytes:
    """The document as a PDF; NoPdf says in words that this computer cannot make one."""
    weasyprint, urls = _library()
    # Drawings are part of the document; whatever else it might name is refused.
    fetcher = urls.URLFetcher(allowed_protocols=["data"])
    return weasyprint.HTML(string=document, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")


def _library() -> tuple[Any, Any]:
    # It is a package of Python and a library of the system: the first can be there without the second, which pip does not bring.
    try:
        return importlib.import_module("weasyprint"), importlib.import_module("weasyprint.urls")
    except (ImportError, OSError) as error:
        raise NoPdf(MISSING) from error
