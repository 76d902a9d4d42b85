"""Forms of the bodies of a plan: seats, delegates, meetings, votes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from forms.base import Form, choices, chosen, required
from forms.uploads import FILE_LIMIT, upload_of
from intake.core.clock import ECUADOR, local
from intake.core.files import Upload
from intake.core.i18n import lazy_gettext as _l
from intake.mapping.inputs_council import DelegateInput, MeetingInput, PresenceInput, ResolutionInput, SeatInput
from models.enums import MeetingMode, Presence, ReviewSector, Seat, Vote

LONG = 4_000  # characters
MINUTES = 60_000


class BodyForm(Form):
    """What a body is for, and where that stands."""

    note = TextAreaField(_l("Para qué existe y cómo trabaja"), [Length(max=LONG)])
    source = StringField(_l("Fuente"), [Length(max=400)])


class SeatForm(Form):
    """A new seat."""

    organisation = StringField(_l("Organización"), [required(), Length(max=240)])
    sector = SelectField(
        _l("Sector del puesto"), [chosen()], choices=choices(ReviewSector, blank=_l("Elija un sector"))
    )
    joined_on = DateField(_l("Desde"), [Optional()])
    pair = IntegerField(_l("Pareja número"), [Optional(), NumberRange(1, 999, message=_l("Escriba un número."))])
    by_invitation = BooleanField(_l("Se incorpora por invitación"))

    def to_input(self) -> SeatInput:
        """What the service takes; the form has been validated."""
        return SeatInput(
            organisation=self.organisation.data or "",
            sector=ReviewSector(self.sector.data),
            pair=self.pair.data,
            joined_on=self.joined_on.data,
            by_invitation=bool(self.by_invitation.data),
        )


class EndSeatForm(Form):
    """The end of a seat."""

    left_on = DateField(_l("Último día en el grupo"), [required(_l("Escriba la fecha."))])
    reason = TextAreaField(_l("Motivo"), [required(), Length(max=LONG)])


class DelegateForm(Form):
    """Who speaks for a seat."""

    seat = SelectField(_l("Calidad"), [chosen()], choices=choices(Seat, blank=_l("Elija una opción")))
    name = StringField(_l("Nombre y apellido"), [required(), Length(max=120)])
    position = StringField(_l("Cargo en la organización"), [Length(max=160)])
    email = EmailField(_l("Correo de su cuenta en este sitio"), [Length(max=254)])
    since = DateField(_l("Desde"), [required(_l("Escriba la fecha."))])
    until = DateField(_l("Hasta"), [Optional()])
    designated_by = StringField(_l("Documento que la designa"), [Length(max=240)])
    is_public = BooleanField(_l("La persona aceptó que su nombre se publique aquí"))

    def to_input(self) -> DelegateInput:
        """What the service takes; the form has been validated."""
        since = self.since.data
        assert since is not None  # the form demands it
        return DelegateInput(
            seat=Seat(self.seat.data),
            name=self.name.data or "",
            since=since,
            until=self.until.data,
            position=self.position.data or "",
            email=self.email.data or "",
            designated_by=self.designated_by.data or "",
            is_public=bool(self.is_public.data),
        )


class TermForm(Form):
    """The end of a term, and whether the name is public."""

    until = DateField(_l("Último día del período"), [Optional()])
    is_public = BooleanField(_l("La persona aceptó que su nombre se publique aquí"))


class MeetingForm(Form):
    """A call. Times are Ecuador's."""

    title = StringField(_l("Nombre de la reunión"), [required(), Length(max=200)])
    day = DateField(_l("Fecha"), [required(_l("Escriba la fecha."))])
    already_held = BooleanField(_l("Sí, ya se realizó"))
    starts = TimeField(_l("Hora de inicio"), [required(_l("Escriba la hora."))])
    ends = TimeField(_l("Hora de cierre"), [Optional()])
    mode = SelectField(_l("Modalidad"), [chosen()], choices=choices(MeetingMode, blank=_l("Elija una opción")))
    place = StringField(_l("Lugar o plataforma"), [required(), Length(max=200)])
    agenda = TextAreaField(_l("Orden del día"), [required(), Length(max=LONG)])
    version = HiddenField()

    def validate_ends(self, field: Any) -> None:
        """A meeting does not end before it begins."""
        if field.data and self.starts.data and field.data < self.starts.data:
            raise ValidationError(_l("La reunión no puede terminar antes de empezar."))

    def to_input(self) -> MeetingInput:
        """What the service takes; the form has been validated."""
        day, starts = self.day.data, self.starts.data
        assert day is not None and starts is not None  # the form demands them  # noqa: PT018
        return MeetingInput(
            title=self.title.data or "",
            mode=MeetingMode(self.mode.data),
            place=self.place.data or "",
            agenda=self.agenda.data or "",
            starts_at=_instant(day, starts),
            ends_at=_instant(day, self.ends.data) if self.ends.data else None,
            confirmed=bool(self.already_held.data),
        )

    def show(self, meeting: Any) -> None:
        """Begin with what the call says."""
        start = local(meeting.starts_at)
        self.day.data, self.starts.data = start.date(), start.time()
        self.ends.data = local(meeting.ends_at).time() if meeting.ends_at else None
        for name in ("title", "place", "agenda"):
            self[name].data = getattr(meeting, name)
        self.mode.data, self.version.data = meeting.mode.value, str(meeting.lock_version)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ECUADOR)


class MinutesForm(Form):
    """The minutes, and the signed sheet."""

    minutes = TextAreaField(_l("Texto del acta"), [required(), Length(max=MINUTES)])
    file = FileField(_l("Acta firmada (PDF)"), render_kw={"accept": "application/pdf", **FILE_LIMIT})
    version = HiddenField()

    @property
    def upload(self) -> Upload | None:
        """The file that came along."""
        return upload_of(self.file)


class CorrectionForm(Form):
    """What public minutes should have said."""

    text = TextAreaField(_l("Qué se corrige"), [required(), Length(max=LONG)])
    reason = TextAreaField(_l("Motivo"), [required(), Length(max=LONG)])


class _Presence(Form):
    positions: tuple[int, ...] = ()

    @property
    def rows(self) -> list[Any]:
        """The fields of the seats, in order."""
        return [self[f"seat_{position}"] for position in self.positions]

    def to_input(self) -> list[PresenceInput]:
        """What the service takes: ``principal-2`` is the principal whose delegate number is 2."""
        found = []
        for position in self.positions:
            presence, _dash, delegate = self[f"seat_{position}"].data.partition("-")
            number = int(delegate) if delegate else None
            found.append(PresenceInput(position=position, presence=Presence(presence), delegate=number))
        return found


def presence_form(seats: Iterable[tuple[int, Any, list[tuple[str, Any]]]]) -> Any:
    """A form with a select for each seat: number, words, and what may be chosen (value, words)."""
    fields, positions = {}, []
    for position, words, offered in seats:
        rows = [SelectChoice("", _l("Elija una opción")), *(SelectChoice(value, said) for value, said in offered)]
        fields[f"seat_{position}"] = SelectField(words, [chosen()], choices=rows)
        positions.append(position)
    return type("PresenceForm", (_Presence,), {**fields, "positions": tuple(positions)})


class _Resolution(Form):
    positions: tuple[int, ...] = ()
    text = TextAreaField(_l("Qué se resolvió"), [required(), Length(max=LONG)])
    reason = TextAreaField(_l("Por qué"), [Length(max=LONG)])

    @property
    def rows(self) -> list[Any]:
        """The fields of the votes, in order."""
        return [self[f"vote_{position}"] for position in self.positions]

    def to_input(self) -> ResolutionInput:
        """What the service takes; the form has been validated."""
        votes = {position: Vote(self[f"vote_{position}"].data) for position in self.positions}
        return ResolutionInput(text=self.text.data or "", reason=self.reason.data or "", votes=votes)


def resolution_form(seats: Iterable[tuple[int, Any]]) -> Any:
    """A form with a vote for each present seat: number and words."""
    seats = list(seats)
    fields = {
        f"vote_{position}": SelectField(words, [chosen()], choices=choices(Vote, blank=_l("Elija una opción")))
        for position, words in seats
    }
    return type("ResolutionForm", (_Resolution,), {**fields, "positions": tuple(position for position, _w in seats)})
