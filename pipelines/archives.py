"""The door: only ordinary files come in, and what is compressed unpacks within limits or not at all."""

from __future__ import annotations

import errno
import gzip
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from pipelines.errors import ExtractRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold: far more than anything that is published, far less than what does harm."""

    unpacked_bytes: int = 8 * 1024**3
    ratio: int = 250  # unpacked bytes for one compressed; published tables reach 20, a bomb 1,000
    small_bytes: int = 64 * 1024**2  # what unpacks to no more than this may be of any ratio
    members: int = 50
    columns: int = 500
    parquet_rows: int = 100_000_000
    workbook_bytes: int = 512 * 1024**2
    workbook_members: int = 2_000


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


LIMITS = Limits()
SHOWN_CHARACTERS = 80
_CHUNK = 1 << 20
# What a damaged archive makes Python's readers raise; they read lazily, so any of it can come at any read.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)
_KNOWN_COMPRESSION = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Beside a table in an archive these are its description, not a part of it.
_COMPANIONS = {".txt", ".md", ".pdf", ".doc", ".docx", ".rtf", ".odt", ".htm", ".html", ".png", ".jpg", ".jpeg", ".gif", ".url"}
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.[^./]|Thumbs\.db$|desktop\.ini$)")  # what file managers leave behind


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive by its own name; ``path`` is where it was unpacked, None for one that describes the others."""

    name: str
    path: Path | None


def shown(text: str) -> str:
    """Text from a file as a message may show it: one line, without control characters, not long."""
    line = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[: SHOWN_CHARACTERS + 1])
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…"


def size(count: int) -> str:
    """A number of bytes in words."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} bytes"


def must_be_a_file(path: Path) -> None:
    """Raise ExtractRefused unless ``path`` is an ordinary file with something in it that may be read.

    Nothing is opened that could block (a pipe) or never end (a device). A link is refused: the name and the bytes that go
    on record must be those of one file, and a link in a drop folder could name a file that its sender may not read.
    """
    name = shown(path.name)
    if not path.name.isascii() and path.name.encode(errors="ignore").decode() != path.name:
        raise ExtractRefused(f"{name} has a name that is not written in Unicode. Rename it.")
    try:
        _must_be_ordinary(path.lstat().st_mode, path, name)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        try:
            # What was opened counts, should the name have changed hands since.
            _must_be_ordinary(os.fstat(descriptor).st_mode, path, name)
            empty = not os.read(descriptor, 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise ExtractRefused(f"{name} is not there. Check the path.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ExtractRefused(f"{name} cannot be read: {reason}. Check its path and who may read it.") from error
    if empty:
        raise ExtractRefused(f"{name} is empty. Download it again from its publisher.")


def _must_be_ordinary(mode: int, path: Path, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise ExtractRefused(f"{name} is a folder. Give one file at a time, or a zip of files.")
    if stat.S_ISLNK(mode):
        raise ExtractRefused(f"{name} is a link to {shown(str(path.readlink()))}. Give the file itself.")
    if not stat.S_ISREG(mode):
        raise ExtractRefused(f"{name} is a pipe, a socket or a device, not a file. Save what it holds as a file and give that.")


# --------------------------------------------------------------------------------------------------------- Unpacking


def unpack_gzip(path: Path, name: str, folder: Path, limits: Limits = LIMITS) -> Path:
    """The one file of a gzip."""
    target = folder / "unpacked"
    with unpacking(name), gzip.open(path, "rb") as source:
        _copy(source, target, name, _most(path, limits))
    must_hold_something(target, name)
    return target


def unpack_zip(path: Path, name: str, folder: Path, limits: Limits = LIMITS) -> list[Member]:
    """Every file of a zip, in its order, under names of ours in ``folder``."""
    with unpacking(name), zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if not info.is_dir() and not _LITTER.search(info.filename)]
        _must_be_plain(members, name, limits)
        most = _most(path, limits)
        _must_fit(sum(info.file_size for info in members), most, name)  # no member gives more than its directory says
        found: list[Member] = []
        for number, info in enumerate(members):
            own = shown(PurePosixPath(info.filename.replace("\\", "/")).name) or "a file without a name"
            if PurePosixPath(own).suffix.lower() in _COMPANIONS and len(members) > 1:
                found.append(Member(own, None))
                continue
            target = folder / f"member-{number}"
            with archive.open(info) as source:
                _copy(source, target, name, most)
            must_hold_something(target, own)
            found.append(Member(own, target))
        return found


@contextmanager
def unpacking(name: str) -> Generator[None]:
    """Whatever a damaged archive raises, as a refusal in words."""
    try:
        yield
    except ExtractRefused:
        raise
    except DAMAGE as error:
        raise ExtractRefused(f"{name} is damaged or not whole ({shown(str(error))}). Download it again. Nothing was loaded.") from error


def must_be_unlocked(members: list[zipfile.ZipInfo], name: str) -> None:
    """Raise ExtractRefused for an encrypted member, a link, or a compression that is not read here."""
    for info in members:
        own = shown(info.filename)
        if info.flag_bits & 1:
            raise ExtractRefused(f"{name} is encrypted ({own}). Unpack it with its password and load the file inside.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ExtractRefused(f"{name} holds a link ({own}) where a file should be. Zip the file itself.")
        if info.compress_type not in _KNOWN_COMPRESSION:
            raise ExtractRefused(
                f"{name} compresses {own} by method {info.compress_type}, which is not read here. Unpack it and load the file inside."
            )


def must_hold_something(path: Path, name: str) -> None:
    """Raise ExtractRefused for an empty file that was unpacked."""
    if not path.stat().st_size:
        raise ExtractRefused(f"{name} is empty. Download it again from its publisher.")


def _must_be_plain(members: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    if not members:
        raise ExtractRefused(f"{name} is a zip with no file in it. Download it again.")
    if len(members) > limits.members:
        raise ExtractRefused(f"{name} holds {len(members):,} files, more than {limits.members}. Load them in parts.")
    must_be_unlocked(members, name)


def _most(path: Path, limits: Limits) -> int:
    """How much a compressed file of this size may unpack to."""
    return min(limits.unpacked_bytes, max(limits.small_bytes, limits.ratio * path.stat().st_size))


def _must_fit(unpacked: int, most: int, name: str) -> None:
    if unpacked > most:
        raise ExtractRefused(
            f"{name} unpacks to more than {size(most)}, which no published table of its size does. Nothing was loaded. "
            "Download it again; if it is what it should be, unpack it and load it in parts."
        )


def _copy(source: _Readable, target: Path, name: str, most: int) -> None:
    """Refused as soon as there is more than ``most``."""
    written = 0
    with target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            _must_fit(written, most, name)
            _write(out, chunk, name)


def _write(out: BinaryIO, chunk: bytes, name: str) -> None:
    try:
        out.write(chunk)
        out.flush()
    except OSError as error:
        room = " Make room where temporary files go." if error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT} else ""
        raise ExtractRefused(f"{name} cannot be unpacked here: {error.strerror}.{room} Nothing was loaded.") from error
