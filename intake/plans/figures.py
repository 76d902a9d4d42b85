"""The sentences and sums that pages say about a plan, made from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized, ngettext
from intake.plans.participation import Breakdown, Figures
from intake.web.filters import lista, numero
from models import Participation, Plan, ReportedFigure
from models.enums import Dimension, ProposalKind, ProposalStatus

#: How the plans are called in a sentence, by number.
ORDINALS: dict[int, Any] = {
    1: _l("el Primer Plan"),
    2: _l("el Segundo Plan"),
    3: _l("el Tercer Plan"),
    4: _l("el Cuarto Plan"),
    5: _l("el Quinto Plan"),
}


def sentence_of(plan: Plan, row: Participation) -> str:
    """The sentence for one total, in the reader's language."""
    name = str(ORDINALS.get(plan.number, localized(plan, "title")))
    parts = gender_phrases({c.category: c.people for c in row.counts if c.dimension is Dimension.GENDER})
    values = {"people": numero(row.total), "plan": name, "parts": lista(parts)}
    if not parts:
        return str(
            ngettext(
                "%(people)s persona participó en %(plan)s",
                "%(people)s personas participaron en %(plan)s",
                row.total,
                **values,
            )
        )
    return str(
        ngettext(
            "%(people)s persona participó en %(plan)s: %(parts)s",
            "%(people)s personas participaron en %(plan)s: %(parts)s",
            row.total,
            **values,
        )
    )


def gender_phrases(people: Mapping[str, int]) -> list[str]:
    """Phrases such as "692 hombres", men first, categories without people left out."""
    found = []
    for category, phrase in _PHRASES.items():
        if number := people.get(category, 0):
            found.append(phrase(number))
    return found


def _men(n: int) -> str:
    return str(ngettext("%(people)s hombre", "%(people)s hombres", n, people=numero(n)))


def _women(n: int) -> str:
    return str(ngettext("%(people)s mujer", "%(people)s mujeres", n, people=numero(n)))


def _non_binary(n: int) -> str:
    return str(ngettext("%(people)s persona no binaria", "%(people)s personas no binarias", n, people=numero(n)))


def _other(n: int) -> str:
    return str(ngettext("%(people)s de otro género", "%(people)s de otro género", n, people=numero(n)))


def _not_stated(n: int) -> str:
    return str(ngettext("%(people)s que no lo dijo", "%(people)s que no lo dijeron", n, people=numero(n)))


_PHRASES = {"man": _men, "woman": _women, "non_binary": _non_binary, "other": _other, "not_stated": _not_stated}


@dataclass(frozen=True)
class Step:
    """A bar of the funnel: how many proposals got at least this far."""

    label: str
    value: int
    note: str = ""


#: Steps of the funnel with the states that have got at least so far.
_ADMITTED = frozenset(
    {
        ProposalStatus.ADMITTED,
        ProposalStatus.IN_EVALUATION,
        ProposalStatus.EVALUATED,
        ProposalStatus.SELECTED,
        ProposalStatus.RESERVE,
        ProposalStatus.OUTSIDE_PLAN,
        ProposalStatus.NEXT_PLAN,
    }
)
_DECIDED = frozenset(
    {ProposalStatus.SELECTED, ProposalStatus.RESERVE, ProposalStatus.OUTSIDE_PLAN, ProposalStatus.NEXT_PLAN}
)
_EVALUATED = _DECIDED | {ProposalStatus.EVALUATED}
_STEPS: tuple[tuple[Any, frozenset[ProposalStatus]], ...] = (
    (_l("Recibidas"), frozenset(ProposalStatus) - {ProposalStatus.DRAFT}),
    (_l("Admitidas"), _ADMITTED),
    (_l("Evaluadas"), _EVALUATED),
    (_l("Con decisión"), _DECIDED),
    (_l("En el plan"), frozenset({ProposalStatus.SELECTED})),
)


def funnel_steps(counts: Mapping[tuple[ProposalKind, ProposalStatus], int], kind: ProposalKind) -> list[Step]:
    """How far the proposals of a kind got, as they stand now; empty if there are none of the kind."""
    of_kind = {status: number for (its_kind, status), number in counts.items() if its_kind is kind}
    if not of_kind:
        return []
    return [Step(str(words), _sum(of_kind, states)) for words, states in _STEPS]


def _sum(counts: Mapping[ProposalStatus, int], states: Iterable[ProposalStatus]) -> int:
    return sum(counts.get(state, 0) for state in states)


def attendance_sentence(found: Figures, gender: Breakdown | None = None) -> str:
    """What the events of a plan add up to: people only where everybody is counted once. Empty without any event.

    By gender only if the parts are all told and add up to the number.
    """
    if not found.summed:
        return ""
    events = ngettext("%(events)s encuentro", "%(events)s encuentros", found.summed, events=numero(found.summed))
    whole = gender is not None and not found.repeats and not gender.undisclosed and not gender.unasked
    parts = gender_phrases({category: told.value for category, told in gender.rows}) if gender and whole else []
    return _people(found, events, parts) if found.events_know_people else _attendances(found, events, parts)


def _people(found: Figures, events: str, parts: list[str]) -> str:
    n, values = found.from_events, {"people": numero(found.from_events), "events": events, "parts": lista(parts)}
    if not parts:
        return str(
            ngettext(
                "%(people)s persona asistió a %(events)s",
                "%(people)s personas asistieron a %(events)s",
                n,
                **values,
            )
        )
    return str(
        ngettext(
            "%(people)s persona asistió a %(events)s: %(parts)s",
            "%(people)s personas asistieron a %(events)s: %(parts)s",
            n,
            **values,
        )
    )


def _attendances(found: Figures, events: str, parts: list[str]) -> str:
    values = {"people": numero(found.from_events), "events": events, "parts": lista(parts)}
    if not parts:
        return str(_("%(people)s asistencias registradas en %(events)s", **values))
    return str(_("%(people)s asistencias registradas en %(events)s: %(parts)s", **values))


def definition(found: Figures) -> str:
    """What the number of people who took part in a plan counts, in a sentence or two."""
    if found.reported is not None:
        return str(_("Personas, según la fuente publicada. Las asistencias de las mesas no se le suman."))
    return events_definition(found)


def events_definition(found: Figures) -> str:
    """What the sum over the events of a plan counts."""
    if found.events_know_people:
        return str(_("Personas distintas: cada una se cuenta una sola vez."))
    if found.repeats:
        return str(
            _(
                "Estimación: son asistencias, sin las repetidas de quienes constan en listas; quien fue a dos mesas"
                " sin lista cuenta dos veces."
            )
        )
    return str(_("Estimación: son asistencias; quien fue a dos mesas cuenta dos veces."))


def left_out(found: Figures) -> str:
    """That events of a handful of people are in no public sum; empty if there are none."""
    number = found.attendances.left_out
    if not number:
        return ""
    return str(
        ngettext(
            "%(events)s encuentro con menos de 5 asistentes no se suma, para que nadie pueda ser reconocido.",
            "%(events)s encuentros con menos de 5 asistentes no se suman, para que nadie pueda ser reconocido.",
            number,
            events=numero(number),
        )
    )


#: What published figures are about, by the beginning of their key, in the order of the page.
_TOPICS: tuple[tuple[str, Any], ...] = (
    ("progress", _l("Avance publicado")),
    ("funnel", _l("De las propuestas a los compromisos")),
    ("selection", _l("Qué se decidió sobre las propuestas")),
    ("web_province", _l("Propuestas por la web, por provincia")),
    ("web_", _l("Quiénes propusieron por la web")),
    ("tables", _l("Mesas territoriales")),
    ("sdg", _l("Objetivos de Desarrollo Sostenible")),
    ("irm", _l("Evaluación independiente (IRM)")),
    ("", _l("Otras cifras")),
)


def by_topic(found: Iterable[ReportedFigure]) -> list[tuple[str, list[ReportedFigure]]]:
    """The published figures under what they are about, each in its order; topics without figures are left out."""
    topics: dict[str, list[ReportedFigure]] = {beginning: [] for beginning, _words in _TOPICS}
    for figure in found:
        topics[next(beginning for beginning in topics if figure.key.startswith(beginning))].append(figure)
    return [(str(words), topics[beginning]) for beginning, words in _TOPICS if topics[beginning]]
