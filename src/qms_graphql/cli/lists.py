"""Files of lists that commands take in, and files of the rows that cannot stand."""

from collections.abc import Sequence
from pathlib import Path

import typer

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.set_aside import SetAside, as_csv


def content(file: Path) -> bytes:
    """What is in a file. Raises ``Refusal(INVALID)`` if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refusal(ErrorCode.INVALID, f"{file} cannot be read: {error.strerror}.", ("file",)) from None


def keep_aside(file: Path, wanted: Path | None, columns: Sequence[str], aside: Sequence[SetAside]) -> None:
    """Write the rows that were set aside, if there are any: to the file that is ``wanted``, else beside the list."""
    if aside:
        kept = wanted or file.with_suffix(".set-aside.csv")
        kept.write_text(as_csv(columns, aside), encoding="utf-8", newline="")
        typer.echo(f"The rows that were set aside are in {kept}.", err=True)
