"""Vocabulary of files: their states, what names and kinds they may have, and what their first bytes say."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum

UPLOAD_LIFE = timedelta(minutes=15)
"""How long an address for an upload can be used."""
ABANDONED = timedelta(hours=2)
"""After that long an upload that was begun is given up."""
LONGEST_NAME = 200
HEAD_BYTES = 4096
"""How much of a file is looked at to see whether it is what it is said to be."""


class FileState(Enum):
    """How far a file has come.

    PENDING: It was announced; its bytes are not here, or not looked at yet.
    STORED: It is here, and is shown.
    REFUSED: Its bytes were not what was announced, or the scanner did not let them in; they are gone.
    REMOVED: Somebody took it away, with a reason; what it was stays known, its bytes are gone.
    """

    PENDING = "PENDING"
    STORED = "STORED"
    REFUSED = "REFUSED"
    REMOVED = "REMOVED"


def _begins(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _inside(place: int, *marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks, place)


def _is_text(head: bytes) -> bool:
    """UTF-8 without controls that no text has. A character may be cut in two at the end of what is looked at."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < len(head) - 3:
            return False
        text = head[: error.start].decode()
    return all(character >= " " or character in "\t\n\r\f" for character in text)


_ZIP = _begins(b"PK\x03\x04")
_HEIF = _inside(4, b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim")
SIGNS: Mapping[str, Callable[[bytes], bool]] = {
    "application/pdf": _begins(b"%PDF-"),
    "application/vnd.oasis.opendocument.spreadsheet": _ZIP,
    "application/vnd.oasis.opendocument.text": _ZIP,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": _ZIP,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _ZIP,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _ZIP,
    "application/zip": _ZIP,
    "audio/mpeg": _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/wav": lambda head: head.startswith(b"RIFF") and head.startswith(b"WAVE", 8),
    "image/gif": _begins(b"GIF87a", b"GIF89a"),
    "image/heic": _HEIF,
    "image/jpeg": _begins(b"\xff\xd8\xff"),
    "image/png": _begins(b"\x89PNG\r\n\x1a\n"),
    "image/tiff": _begins(b"II*\x00", b"MM\x00*"),
    "image/webp": lambda head: head.startswith(b"RIFF") and head.startswith(b"WEBP", 8),
    "message/rfc822": _is_text,
    "text/csv": _is_text,
    "text/plain": _is_text,
    "video/mp4": _inside(4, b"ftyp"),
    "video/quicktime": _inside(4, b"ftypqt"),
}
"""The media types whose first bytes can be told, and how: the formats' own specifications."""


def name_problem(name: str) -> str | None:
    """What is wrong with the name of a file, or None. It must be harmless on a disk, in a header and to the eye."""
    if not name.strip(" ."):
        return "A file has a name."
    if len(name) > LONGEST_NAME:
        return f"At most {LONGEST_NAME} characters."
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for character in name):
        return "A name has no control characters."
    if "/" in name or "\\" in name:
        return "A name has no path."
    return None


def unknown_types(allowed: list[str]) -> list[str]:
    """Those of the allowed media types whose bytes could not be held against anything."""
    return [kind for kind in allowed if kind not in SIGNS]


def fits(media_type: str, head: bytes) -> bool:
    """Whether the first bytes of a file (``HEAD_BYTES`` of them, or all) are those of its media type."""
    return SIGNS[media_type](head)
