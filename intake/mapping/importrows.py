"""A row of a file of actors, read with the vocabularies: what can be kept of it, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from intake.core import addresses, clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.tabular import Columns
from intake.core.text import plain
from intake.extensions import db
from intake.mapping import taxnumber
from intake.mapping.places import Places
from models import Actor, ActorContact, Language, People, Sector, Theme
from models.enums import ActorKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from intake.core.tabular import Problems, Row

T = TypeVar("T")
CONTACT = (
    "contacto_nombre",
    "contacto_cargo",
    "contacto_correo",
    "contacto_telefono",
    "contacto_publico",
    "consentimiento_fecha",
)
PUBLIC = (
    "nombre",
    "siglas",
    "tipo",
    "sector",
    "provincia",
    "canton",
    "parroquia",
    "territorios",
    "temas",
    "pueblos",
    "idiomas",
    "sitio_web",
    "descripcion",
    "fuente",
    "fecha_fuente",
)
COLUMNS = Columns(
    known=(*PUBLIC, "ruc", "id_externo", *CONTACT),
    required=frozenset({"nombre", "tipo"}),
    ignored=frozenset({"identificador", "estado", "registrado", "consentimientos"}),
)
#: What an actor is, as files say it; the words that pages show and the codes of open data are understood too.
KINDS = {
    ActorKind.PUBLIC_INSTITUTION: "institucion_publica",
    ActorKind.LOCAL_GOVERNMENT: "gobierno_local",
    ActorKind.CIVIL_SOCIETY: "sociedad_civil",
    ActorKind.COLLECTIVE: "colectivo",
    ActorKind.ACADEMIA: "academia",
    ActorKind.PRIVATE_SECTOR: "sector_privado",
    ActorKind.COOPERATION: "cooperacion",
    ActorKind.PEOPLE_OR_NATIONALITY: "pueblo_o_nacionalidad",
    ActorKind.COMMUNITY: "comunidad",
}
#: Column of the file → characters that the column of the table holds.
_LENGTHS: Mapping[str, int] = {
    "nombre": Actor.name.type.length,
    "siglas": Actor.acronym.type.length,
    "sitio_web": Actor.website.type.length,
    "fuente": Actor.source.type.length,
    "id_externo": Actor.external_id.type.length,
    "contacto_nombre": ActorContact.name.type.length,
    "contacto_cargo": ActorContact.position.type.length,
}
_YES, _NO = frozenset({"si", "s", "x", "1", "true", "verdadero"}), frozenset({"", "no", "n", "0", "false", "falso"})


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact and the day on which the person consented."""

    name: str
    position: str
    email: str | None
    phone: str | None
    is_public: bool
    consent_on: date


@dataclass(frozen=True, slots=True)
class ActorRow:
    """An actor as the table keeps it. Places are codes, the other vocabularies keys."""

    line: int
    name: str
    kind: ActorKind
    acronym: str | None
    sector_id: int | None
    places: tuple[str, ...]
    themes: tuple[int, ...]
    peoples: tuple[int, ...]
    languages: tuple[int, ...]
    ruc: str | None
    website: str | None
    description: str
    source: str
    source_on: date | None
    external_id: str | None
    contact: ContactRow | None


def day_in(row: Row, column: str, problems: Problems) -> date | None:
    """A day as ISO 8601 writes it, not in the future; None where the cell is empty or wrong (noted)."""
    text = row[column]
    if not text:
        return None
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        problems.add(row.line, column, _l("Escriba la fecha como 2026-11-21."))
        return None
    if found > clock.today():
        problems.add(row.line, column, _l("Esta fecha todavía no llega."))
        return None
    return found


def listed(row: Row, column: str, known: Mapping[str, T], problems: Problems) -> tuple[T, ...]:
    """What the words of a cell, separated with ``;``, stand for; unknown ones are noted."""
    found: dict[T, None] = {}
    for text in (part.strip() for part in row[column].split(";") if part.strip()):
        if (value := known.get(plain(text))) is None:
            problems.add(row.line, column, _l("No se reconoce «%(text)s».", text=text[:80]))
        else:
            found[value] = None
    return tuple(found)


class ActorReader:
    """Judges rows; the vocabularies are read once, in five statements."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.places = Places()
        self.sectors = _codes(Sector)
        self.themes = _codes(Theme)
        self.languages = _codes(Language)
        self.peoples = {plain(name): key for key, name in db.session.execute(sa.select(People.id, People.name))}
        self.kinds = {plain(text): kind for kind, slug in KINDS.items() for text in (slug, kind.value, label(kind))}

    def read(self, row: Row) -> ActorRow | None:
        """The actor of a row, None where something is wrong with it (noted)."""
        before = self.problems.total
        self._lengths(row)
        if not row["nombre"]:
            self.problems.add(row.line, "nombre", _l("Este dato es necesario."))
        kinds = listed(row, "tipo", self.kinds, self.problems)
        if len(kinds) != 1 and self.problems.total == before:
            self.problems.add(row.line, "tipo", _l("Escriba un tipo: %(kinds)s.", kinds=", ".join(KINDS.values())))
        found = self._actor(row, kinds[0] if kinds else ActorKind.COLLECTIVE)
        return found if self.problems.total == before else None

    def _actor(self, row: Row, kind: ActorKind) -> ActorRow:
        place = self.places.find(row, self.problems, country=True)
        further = self.places.further(row, "territorios", self.problems)
        return ActorRow(
            line=row.line,
            name=row["nombre"].replace("\n", " "),
            kind=kind,
            acronym=row["siglas"] or None,
            sector_id=next(iter(listed(row, "sector", self.sectors, self.problems)), None),
            places=tuple(dict.fromkeys([*([place] if place else []), *further])),
            themes=listed(row, "temas", self.themes, self.problems),
            peoples=listed(row, "pueblos", self.peoples, self.problems),
            languages=listed(row, "idiomas", self.languages, self.problems),
            ruc=self._ruc(row),
            website=self._checked(row, "sitio_web", addresses.web_of, _l("Escriba una dirección web completa.")),
            description=row["descripcion"],
            source=row["fuente"],
            source_on=day_in(row, "fecha_fuente", self.problems),
            external_id=row["id_externo"] or None,
            contact=self._contact(row),
        )

    def _contact(self, row: Row) -> ContactRow | None:
        if not any(row[name] for name in CONTACT[:4]):
            return None
        add, line = self.problems.add, row.line
        if not row["consentimiento_fecha"]:
            words = _l("Un contacto solo se guarda con la fecha en que la persona dio su consentimiento.")
            add(line, "consentimiento_fecha", words)
        if not row["contacto_nombre"]:
            add(line, "contacto_nombre", _l("Escriba el nombre de la persona de contacto."))
        if not (row["contacto_correo"] or row["contacto_telefono"]):
            add(line, "contacto_correo", _l("Escriba un correo o un teléfono."))
        email = _l("Escriba un correo como nombre@ejemplo.org.")
        phone = _l("Escriba un teléfono con su código, por ejemplo 099 123 4567 o +593 99 123 4567.")
        return ContactRow(
            name=row["contacto_nombre"],
            position=row["contacto_cargo"],
            email=self._checked(row, "contacto_correo", addresses.email_of, email),
            phone=self._checked(row, "contacto_telefono", addresses.phone_of, phone),
            is_public=self._yes(row, "contacto_publico"),
            consent_on=day_in(row, "consentimiento_fecha", self.problems) or date.min,
        )

    def _lengths(self, row: Row) -> None:
        for column, most in _LENGTHS.items():
            if len(row[column]) > most:
                self.problems.add(row.line, column, _l("El máximo es %(most)s caracteres.", most=most))

    def _ruc(self, row: Row) -> str | None:
        digits = row["ruc"]
        try:
            return taxnumber.checked(digits.zfill(13) if digits.isdecimal() else digits)
        except Invalid as error:
            self.problems.add(row.line, "ruc", error.message)
            return None

    def _checked(self, row: Row, column: str, check: Callable[[str], str | None], words: Any) -> str | None:
        text = row[column]
        found = check(text) if text else None
        if text and found is None:
            self.problems.add(row.line, column, words)
        return found

    def _yes(self, row: Row, column: str) -> bool:
        text = plain(row[column])
        if text not in _YES | _NO:
            self.problems.add(row.line, column, _l("Escriba «sí» o «no»."))
        return text in _YES


def _codes(model: type[Sector | Theme | Language]) -> dict[str, int]:
    """Key by code and by Spanish name; a name that two bear is nobody's."""
    rows = db.session.execute(sa.select(model.id, model.code, model.name_es)).all()
    names = [plain(name) for _key, _code, name in rows]
    found = {plain(name): key for key, _code, name in rows if names.count(plain(name)) == 1}
    return {**found, **{plain(code): key for key, code, _name in rows}}
