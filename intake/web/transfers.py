"""What importing and exporting commands and pages share: bars, reports, files, answers that are streams."""

from __future__ import annotations

import itertools
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from flask import Response, stream_with_context

from intake.core.errors import IntakeError
from intake.core.tabular import MEDIA_TYPES, Refused, Source, stream
from intake.web.console import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from intake.core.tabular import Problems
    from intake.mapping.batches import Outcome, Preview

SHOWN_IN_ONE_LINE = 5


@contextmanager
def bar(words: str, length: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, if somebody looks at it; hands out what moves it.

    Without a length, which nobody knows before the file has been read, it only counts.
    """
    if not sys.stderr.isatty():
        yield lambda _step: None
    elif length is None:
        count = itertools.count(1)
        yield lambda _step: _tell_count(words, next(count))
        click.echo(err=True)
    else:
        steps = max(1, length // 100)
        with click.progressbar(length=length, label=words, file=sys.stderr, update_min_steps=steps) as shown:
            yield shown.update


def _tell_count(words: str, done: int) -> None:
    if done % 500 == 0:
        click.echo(f"\r{words}… {done}", nl=False, err=True)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The file, or one line that says why it cannot be read."""
    try:
        with Source.at(path) as source:
            yield source
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turn a refusal into exit status 1 and one line on standard error; standard output names every line."""
    try:
        yield
    except Refused as error:
        problems = error.problems
        tell_problems(problems, as_json=as_json)
        first = "; ".join(line.replace("\n", " ") for line in problems.lines(SHOWN_IN_ONE_LINE))
        raise click.ClickException(f"{error.message} {first}") from error
    except IntakeError as error:
        if as_json:
            say("", as_json=True, ok=False, error=str(error.message), code=error.code)
        raise click.ClickException(str(error.message)) from error


def tell_problems(problems: Problems, *, as_json: bool) -> None:
    """Every problem that was kept, a line each, or all as one document."""
    if not as_json:
        click.echo("\n".join(problems.lines()))
        return
    errors = [{"line": p.line, "column": p.column or None, "reason": str(p.reason)} for p in problems.kept]
    say("", as_json=True, ok=False, errors=errors, more=problems.more, total=problems.total)


def tell_preview(seen: Preview, *, as_json: bool) -> None:
    """What an import would do."""
    facts = {"rows": seen.rows, "added": seen.new, "known": seen.known, "alike": seen.alike}
    already = f" The same file came as batch {seen.already}." if seen.already else ""
    words = f"Nothing was changed. {seen.rows} rows: {seen.new} new, {seen.known} known already."
    say(f"{words}{already}", as_json=as_json, ok=True, dry_run=True, batch=seen.name, already=seen.already, **facts)


def tell_outcome(done: Outcome, *, as_json: bool, **facts: Any) -> None:
    """What an import has done."""
    words = f"Batch {done.name}: {done.rows} rows, {done.added} added, {done.known} known already."
    if done.already:
        words = f"Nothing was added: the same file came as batch {done.name}."
    counts = {"rows": done.rows, "added": done.added, "known": done.known}
    say(words, as_json=as_json, ok=True, dry_run=False, batch=done.name, already=done.already, **counts, **facts)


def tell_undone(done: Outcome, *, as_json: bool) -> None:
    """What the undoing of an import has done."""
    say(f"Batch {done.name}: {done.added} undone.", as_json=as_json, ok=True, batch=done.name, undone=done.added)


def written(target: Path | None, parts: Iterable[bytes]) -> None:
    """Write the parts to a file, or to standard output. Raises `click.ClickException`."""
    if target is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    try:
        with target.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror}") from error


def answer(kind: str, name: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """A download that is sent while it is read."""
    found = Response(stream_with_context(stream(kind, names, rows)), content_type=MEDIA_TYPES[kind])
    found.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return found
