"""The XML inside a workbook, as a stream of elements; a document type, the way in for XML's own bombs, is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from xml.parsers import expat

from pipelines.errors import ExtractRefused

Attributes = dict[str, str]
_CHUNK = 1 << 20


def read_part(
    archive: zipfile.ZipFile,
    part: str,
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda tag: None,
    text: Callable[[str], None] = lambda data: None,
) -> None:
    for _ in steps(archive, part, name, start, end, text):
        pass


def steps(
    archive: zipfile.ZipFile,
    part: str,
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Parse a part, pausing after each piece of it. Tags come without their namespace's prefix."""

    def no_doctype(*_: object) -> None:
        raise ExtractRefused(f"{name} declares a document type in {part}, which no spreadsheet does. Save it as CSV and load that.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2] if ":" in tag else tag, attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2] if ":" in tag else tag)
    parser.CharacterDataHandler = text
    with _parsing(part, name), archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield


@contextmanager
def _parsing(part: str, name: str) -> Generator[None]:
    try:
        yield
    except expat.ExpatError as error:
        raise ExtractRefused(f"{name} is damaged: {part} is not sound XML ({error}). Save it as CSV and load that.") from error
