"""What goes with a proposal's text on the same page: a file to attach, a person to name, a point on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import FileField, StringField
from wtforms.validators import Length, ValidationError

from forms.base import required
from forms.uploads import FILE_LIMIT
from intake.core.i18n import lazy_gettext as _l
from intake.reception import attached, points

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models import CoAuthor, ProposalFile

#: What the chooser of a telephone offers first; what is in the file decides.
_OFFERED = ".pdf,.docx,.xlsx,.odt,.ods,image/jpeg,image/png,image/webp"
DESCRIPTION = "description_"
#: Buttons of the page that change a piece and show the page again.
ATTACH, DETACH, ADD_PERSON, DROP_PERSON = "attach", "detach", "add_person", "drop_person"
BUTTONS = (ATTACH, DETACH, ADD_PERSON, DROP_PERSON)
#: Name of a file that the browser did not send because it is too large (`frontend/js/app.js`).
TOO_HEAVY = "too_heavy"


class FileFields:
    """Mixin of a form: one file and what it shows. ``files`` are those kept already."""

    files: Sequence[ProposalFile] = ()
    most_files = attached.MOST_FILES
    most_megabytes = attached.MOST_BYTES // attached.MEGABYTE
    ref_of = staticmethod(attached.ref_of)
    file = FileField(
        _l("Elegir un archivo"),
        description=_l("PDF, Word, Excel u OpenDocument, o una imagen JPG, PNG o WebP. Hasta 10 MB."),
        render_kw={"accept": _OFFERED, **FILE_LIMIT},
    )
    file_description = StringField(
        _l("Descripción (necesaria si es una imagen)"),
        description=_l(
            "Diga qué se ve en la imagen o qué contiene el documento, también para quien no puede verlo. "
            "Por ejemplo «Canal de riego roto junto a la escuela»."
        ),
        validators=[Length(max=attached.DESCRIPTION_CHARACTERS)],
    )

    def descriptions(self) -> list[tuple[ProposalFile, Any]]:
        """Each kept file with the field of its words."""
        return [(row, getattr(self, DESCRIPTION + attached.ref_of(row))) for row in self.files]

    def last_undescribed(self) -> str | None:
        """The reference of the last kept picture that does not say yet what it shows; None where each does."""
        lacking = [row for row, words in self.descriptions() if row.kind.value == "picture" and not words.data]
        return attached.ref_of(lacking[-1]) if lacking else None


class PeopleFields:
    """Mixin of a form: one person to name. ``people`` are those named already."""

    people: Sequence[CoAuthor] = ()
    person_name = StringField(_l("Nombre de la persona"), validators=[Length(max=120)])
    person_email = StringField(
        _l("Correo de esa persona"),
        description=_l("Solo para preguntarle. Nadie más lo verá."),
        validators=[Length(max=254)],
        render_kw={"type": "email", "spellcheck": "false", "autocomplete": "off"},
    )


class PointFields:
    """Mixin of a form: latitude and longitude, both or neither."""

    latitude = StringField(
        _l("Latitud"),
        description=_l("Norte o sur. Por ejemplo -0,2295, o 0,2295 S."),
        validators=[Length(max=24)],
        render_kw={"autocomplete": "off", "data-point": "latitude"},
    )
    longitude = StringField(
        _l("Longitud"),
        description=_l("Siempre al oeste. Por ejemplo -78,5243, o 78,5243 O."),
        validators=[Length(max=24)],
        render_kw={"autocomplete": "off", "data-point": "longitude"},
    )

    def validate_latitude(self, field: Any) -> None:
        """Understand it, and demand it where the other is given."""
        _check(field, self.longitude, _l("Escriba también la latitud, o borre la longitud."))
        point = self.point_typed()
        if point is not None and points.is_only_latitude_wrong(point):
            raise ValidationError(_l("Esa latitud queda fuera del Ecuador, que va de -5,02 a 1,72. Revise el número."))

    def validate_longitude(self, field: Any) -> None:
        """Understand it, and see that the point of both lies in Ecuador."""
        _check(field, self.latitude, _l("Escriba también la longitud, o borre la latitud."))
        point = self.point_typed()
        if point is not None and not points.in_ecuador(point) and not points.is_only_latitude_wrong(point):
            raise ValidationError(_outside(point))

    def point_typed(self) -> tuple[float, float] | None:
        """The two numbers as typed; None unless both are numbers."""
        latitude, longitude = (points.degrees(f.data or "") for f in (self.latitude, self.longitude))
        return None if latitude is None or longitude is None else (latitude, longitude)

    def point(self) -> tuple[float, float] | None:
        """The point, None where none in Ecuador is given."""
        found = self.point_typed()
        return found if found is not None and points.in_ecuador(found) else None

    def point_at(self, point: tuple[float, float] | None) -> None:
        """Begin with a point that is kept."""
        if point is not None:
            self.latitude.data, self.longitude.data = (f"{n:.3f}".replace(".", ",") for n in point)

    @property
    def has_point(self) -> bool:
        """Whether something stands in its fields: they are shown open then."""
        return bool(self.latitude.data or self.longitude.data)


def _check(field: Any, other: Any, missing: Any) -> None:
    if not field.data:
        if other.data:
            raise ValidationError(missing)
    elif points.degrees(field.data) is None:
        raise ValidationError(_l("Escriba solo el número en grados, como -0,2295, o deje los dos campos vacíos."))


def _outside(point: tuple[float, float]) -> Any:
    """What is probably wrong with a point that lies elsewhere."""
    latitude, longitude = point
    if points.in_ecuador((latitude, -longitude)):
        return _l("Falta el signo menos: en el Ecuador la longitud es negativa, por ejemplo -78,5243.")
    if points.in_ecuador((longitude, latitude)):
        return _l("Parece que cambió la una por la otra: primero va la latitud y luego la longitud.")
    return _l("Ese punto queda fuera del Ecuador. Revise los dos números, o bórrelos y elija solo el cantón.")


def with_files(kind: Any, files: Iterable[ProposalFile]) -> Any:
    """A form of ``kind`` with a field of words for each kept file, to be made as that one."""
    kept = list(files)
    fields = {DESCRIPTION + attached.ref_of(row): _words(kind, row) for row in kept}
    return type(kind.__name__, (kind,), {**fields, "files": kept})


def _words(kind: Any, row: ProposalFile) -> StringField:
    checks: list[Any] = [Length(max=attached.DESCRIPTION_CHARACTERS)]
    is_picture = row.kind.value == "picture"
    if is_picture:
        checks.append(kind.demanding(required(_l("Diga qué se ve en esta imagen, para quien no puede verla."))))
    words = _l("Qué se ve en la imagen") if is_picture else _l("Qué contiene el documento")
    return StringField(words, validators=checks, default=attached.words_of(row.description))
