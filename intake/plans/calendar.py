"""What dates a stage may have: the order of the five stages, whatever their overlaps; and what a new plan needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from intake.core import clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.text import clean
from intake.plans.inputs import CODE, PlanInput
from models import Plan, Stage
from models.enums import PlanStatus, StageStatus

#: Plans whose calendar people still act by; the calendar of a past plan is only put right.
UNDER_WAY = frozenset({PlanStatus.PREPARING, PlanStatus.CO_CREATION})


def check_new(given: PlanInput) -> None:
    """Raise `Invalid` at the field of a new plan that is missing or cannot be."""
    if not re.match(CODE, given.code):
        raise Invalid(_l("Escriba de 2 a 8 letras y un número, sin espacios: PAGA4."), field="code")
    if given.number < 1:
        raise Invalid(_l("Escriba un número, por ejemplo 4."), field="number")
    for name in ("title_es", "title_en"):
        if not clean(getattr(given, name)):
            raise Invalid(_l("Este dato es necesario."), field=name)
    if given.starts_on and given.ends_on and given.ends_on < given.starts_on:
        raise Invalid(_l("El plan no puede terminar antes de empezar."), field="ends_on")


def check_dates(
    plan: Plan, stages: Sequence[Stage], stage: Stage, opens_on: date | None, closes_on: date | None
) -> None:
    """Raise `Invalid` at ``opens_on`` or ``closes_on``.

    Stages may overlap, but none opens before an earlier one opens nor closes before an earlier one closes. While the
    plan is being made a concluded stage keeps its dates, and no stage is closed in the past.
    """
    if (opens_on, closes_on) == (stage.opens_on, stage.closes_on):
        raise Invalid(_l("Son las mismas fechas que ya tiene la etapa."), field="opens_on")
    if closes_on is not None and opens_on is not None and closes_on < opens_on:
        raise Invalid(_l("La etapa no puede cerrar antes de abrir."), field="closes_on")
    if plan.status in UNDER_WAY:
        _check_alive(stage, opens_on, closes_on)
    for other in stages:
        if other.number < stage.number:
            _check_after(other, opens_on, closes_on)
        elif other.number > stage.number:
            _check_before(other, opens_on, closes_on)


def _check_alive(stage: Stage, opens_on: date | None, closes_on: date | None) -> None:
    if stage.status is StageStatus.CONCLUDED:
        raise Invalid(_l("La etapa ya concluyó: sus fechas no cambian."), field="opens_on")
    if stage.status is StageStatus.PUBLISHED and opens_on is None:
        raise Invalid(_l("La etapa ya está publicada: no puede quedar sin fecha de apertura."), field="opens_on")
    if closes_on is not None and closes_on != stage.closes_on and closes_on < clock.today():
        raise Invalid(_l("Una etapa no puede cerrarse en un día que ya pasó."), field="closes_on")


def _check_after(earlier: Stage, opens_on: date | None, closes_on: date | None) -> None:
    if opens_on and earlier.opens_on and opens_on < earlier.opens_on:
        words = _words(earlier, earlier.opens_on)
        raise Invalid(_l("No puede abrir antes que «%(name)s», que abre el %(day)s.", **words), field="opens_on")
    if closes_on and earlier.closes_on and closes_on < earlier.closes_on:
        words = _words(earlier, earlier.closes_on)
        raise Invalid(_l("No puede cerrar antes que «%(name)s», que cierra el %(day)s.", **words), field="closes_on")


def _check_before(later: Stage, opens_on: date | None, closes_on: date | None) -> None:
    if opens_on and later.opens_on and opens_on > later.opens_on:
        words = _words(later, later.opens_on)
        raise Invalid(_l("No puede abrir después que «%(name)s», que abre el %(day)s.", **words), field="opens_on")
    if closes_on and later.closes_on and closes_on > later.closes_on:
        words = _words(later, later.closes_on)
        raise Invalid(_l("No puede cerrar después que «%(name)s», que cierra el %(day)s.", **words), field="closes_on")


def _words(stage: Stage, day: date) -> dict[str, str]:
    return {"name": label(stage.kind), "day": f"{day:%d/%m/%Y}"}
