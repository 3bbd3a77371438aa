"""Progress of long work: a bar on a terminal, a line now and then anywhere else; always on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

_LINE_SECONDS = 2.0

Told = Callable[[str, int, int], None]
"""Hears what is being worked on, how much is done, and how much there is."""


@contextmanager
def shown(title: str) -> Iterator[Told]:
    """Show the progress of what is done within."""
    if sys.stderr.isatty():
        with _bar(title) as told:
            yield told
    else:
        yield _lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None)

        def told(what: str, done: int, total: int) -> None:
            progress.update(task, description=f"{title}: {what}", completed=done, total=total)

        yield told


def _lines(title: str) -> Told:
    said = time.monotonic()

    def told(what: str, done: int, total: int) -> None:
        nonlocal said
        if done == total or time.monotonic() - said >= _LINE_SECONDS:
            said = time.monotonic()
            typer.echo(f"{title}: {what} ({done} of {total})", err=True)

    return told
