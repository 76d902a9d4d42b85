"""A row of a file of proposals, read with the vocabularies: what can be kept of it, or what is wrong with it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import sqlalchemy as sa

from intake.core import addresses, calendar, clock
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.tabular import Columns
from intake.core.text import plain
from intake.extensions import db
from intake.mapping.places import Places
from intake.reception.serializers import PUBLIC_FIELDS
from models import Event, Proposal, ProposalContact, Theme
from models.enums import Approach, Branch, Channel, StageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from intake.core.tabular import Problems, Row
    from models import Plan, Stage

T = TypeVar("T")
E_ = TypeVar("E_", bound=StrEnum)
_KNOWN = (
    "titulo",
    "problema",
    "solucion",
    "resultado_esperado",
    "tema",
    "provincia",
    "canton",
    "parroquia",
    "enfoques",
    "ambito",
    "canal",
    "mesa",
    "proponente",
    "organizacion",
    "correo",
    "telefono",
    "consentimiento_fecha",
    "fecha",
    "id_externo",
)
COLUMNS = Columns(
    known=_KNOWN,
    required=frozenset({"titulo", "problema", "solucion"}),
    ignored=frozenset({*PUBLIC_FIELDS, "lote"} - set(_KNOWN)),
)
_LENGTHS: Mapping[str, int] = {
    "titulo": Proposal.title.type.length,
    "organizacion": Proposal.organisation_name.type.length,
    "proponente": ProposalContact.name.type.length,
    "id_externo": Proposal.external_id.type.length,
}
#: Key of a row that brought none: of what it says. An export leaves it out.
OWN_KEY = "sha256:"
_CONTENT = ("titulo", "problema", "solucion", "resultado_esperado", "proponente", "organizacion", "correo", "telefono")


class ThemeRef(NamedTuple):
    """A theme as a row refers to it."""

    id: int
    code: str
    name: str


class EventRef(NamedTuple):
    """A table as a row refers to it."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as it was handed in. ``at`` is when; ``consent_at`` when its author agreed to be written to."""

    line: int
    title: str
    problem: str
    solution: str
    expected_result: str
    theme: ThemeRef | None
    place: str | None
    approaches: tuple[Approach, ...]
    branch: Branch | None
    channel: Channel
    event: EventRef | None
    name: str | None
    organisation: str | None
    email: str | None
    phone: str | None
    consent_at: datetime
    at: datetime
    external_id: str

    @property
    def has_contact(self) -> bool:
        """Whether somebody can be named or answered."""
        return bool(self.name or self.email or self.phone)


class ProposalReader:
    """Judges rows of one plan; the vocabularies and the plan's calendar are read once, in three statements."""

    def __init__(self, plan: Plan, stages: Sequence[Stage], problems: Problems) -> None:
        self.problems = problems
        self.places = Places()
        self.stages = stages
        self.themes = _themes()
        events = sa.select(Event.slug, Event.id, Event.title).where(Event.plan_id == plan.id)
        self.events = _by_slug_and_title(
            [(slug, EventRef(key, title)) for slug, key, title in db.session.execute(events)]
        )
        self.approaches, self.branches, self.channels = _words(Approach), _words(Branch), _words(Channel)
        self._open: dict[date, bool] = {}
        self._contents: Counter[str] = Counter()

    def read(self, row: Row) -> ProposalRow | None:
        """The proposal of a row, None where something is wrong with it (noted)."""
        before = self.problems.total
        for column, most in _LENGTHS.items():
            if len(row[column]) > most:
                self.problems.add(row.line, column, _l("El máximo es %(most)s caracteres.", most=most))
        for column in ("titulo", "problema", "solucion"):
            if not row[column]:
                self.problems.add(row.line, column, _l("Este dato es necesario."))
        found = self._proposal(row)
        return found if self.problems.total == before else None

    def _proposal(self, row: Row) -> ProposalRow:
        event = self._one(row, "mesa", self.events)
        channel = self._one(row, "canal", self.channels) or (Channel.TABLE if event else Channel.PAPER)
        email, phone = _l("Escriba un correo como nombre@ejemplo.org."), _l("Escriba un teléfono con su código.")
        at = self._handed_in(row)
        return ProposalRow(
            line=row.line,
            title=row["titulo"].replace("\n", " "),
            problem=row["problema"],
            solution=row["solucion"],
            expected_result=row["resultado_esperado"],
            theme=self._one(row, "tema", self.themes),
            place=self.places.find(row, self.problems),
            approaches=self._approaches(row),
            branch=self._one(row, "ambito", self.branches),
            channel=channel,
            event=event,
            name=row["proponente"].replace("\n", " ") or None,
            organisation=row["organizacion"].replace("\n", " ") or None,
            email=self._checked(row, "correo", addresses.email_of, email),
            phone=self._checked(row, "telefono", addresses.phone_of, phone),
            consent_at=self._moment(row, "consentimiento_fecha") or at,
            at=at,
            external_id=row["id_externo"] or self._own_key(row),
        )

    def _one(self, row: Row, column: str, known: Mapping[str, T]) -> T | None:
        text = row[column]
        found = known.get(plain(text)) if text else None
        if text and found is None:
            self.problems.add(row.line, column, _l("No se reconoce «%(text)s».", text=text[:80]))
        return found

    def _approaches(self, row: Row) -> tuple[Approach, ...]:
        found: dict[Approach, None] = {}
        for text in (part.strip() for part in row["enfoques"].split(";") if part.strip()):
            if (approach := self.approaches.get(plain(text))) is None:
                self.problems.add(row.line, "enfoques", _l("No se reconoce «%(text)s».", text=text[:80]))
            else:
                found[approach] = None
        return tuple(found)

    def _checked(self, row: Row, column: str, check: Callable[[str], str | None], words: object) -> str | None:
        text = row[column]
        found = check(text) if text else None
        if text and found is None:
            self.problems.add(row.line, column, words)
        return found

    def _handed_in(self, row: Row) -> datetime:
        """When the proposal was handed in; notes a day on which reception was not open."""
        given = self._moment(row, "fecha")
        if row["fecha"] and given is None:
            return clock.now()
        at = given or clock.now()
        if not self._was_open(clock.local(at).date()):
            words = _l("La recepción no estaba abierta en esa fecha.")
            missing = _l("La recepción no está abierta hoy: escriba la fecha en que se entregó.")
            self.problems.add(row.line, "fecha", words if given else missing)
        return at

    def _was_open(self, day: date) -> bool:
        if day not in self._open:
            views = calendar.views(self.stages, day)
            self._open[day] = any(v.is_open for v in views if v.kind is StageKind.RECEPTION)
        return self._open[day]

    def _moment(self, row: Row, column: str) -> datetime | None:
        """An instant as ISO 8601 writes it, of Ecuador's clocks where it names no zone; a day alone is its noon."""
        text = row[column]
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self.problems.add(row.line, column, _l("Escriba la fecha como 2026-11-21."))
            return None
        local = found.replace(tzinfo=clock.ECUADOR) if found.tzinfo is None else found
        now = clock.now()
        if len(text) <= 10:
            local = datetime.combine(found.date(), time(12), clock.ECUADOR)
            if local > now >= local - timedelta(hours=12):  # today, before noon
                return now
        if local > now or local.year < 2000:
            self.problems.add(row.line, column, _l("Esta fecha no puede ser: revísela."))
            return None
        return local.astimezone(now.tzinfo)

    def _own_key(self, row: Row) -> str:
        """What a row without a key of its own is recognised by: what it says, and which of several that say it."""
        digest = hashlib.sha256("\x1f".join(row[name] for name in _CONTENT).encode()).hexdigest()[:40]
        self._contents[digest] += 1
        return f"{OWN_KEY}{digest}:{self._contents[digest]}"


def _words(kind: type[E_]) -> dict[str, E_]:
    """Members by value and by the words that pages show."""
    return {plain(text): member for member in kind for text in (label(member), member.value)}


def _themes() -> dict[str, ThemeRef]:
    found = [ThemeRef(*row) for row in db.session.execute(sa.select(Theme.id, Theme.code, Theme.name_es))]
    return {plain(text): theme for theme in found for text in (theme.name, theme.code)}


def _by_slug_and_title(events: Sequence[tuple[str, EventRef]]) -> dict[str, EventRef]:
    """Tables by both; a title that several share names none of them."""
    times = Counter(plain(event.title) for _slug, event in events)
    return {plain(e.title): e for _slug, e in events if times[plain(e.title)] == 1} | dict(events)
