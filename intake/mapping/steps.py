"""The eight steps of a territorial table (First Plan, p. 20), in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from intake.core.i18n import Text

STEP_WORDS: dict[int, Text] = {
    1: _l("Sensibilización: qué es el gobierno abierto y para qué nos reunimos"),
    2: _l("Qué es un compromiso y qué no lo es"),
    3: _l("Cómo se trabaja: la metodología, cómo evalúa el IRM y cómo funciona la mesa"),
    4: _l("Grupos formados según el Objetivo de Desarrollo Sostenible que los une"),
    5: _l("Problemas definidos y escogidos; soluciones con hitos clave y actores relacionados"),
    6: _l("Revisión entre pares: cada grupo lee lo que hizo otro"),
    7: _l("Presentación final y breve en plenaria"),
    8: _l("Documentos de cada grupo entregados y propuestas registradas con su folio"),
}
