"""The rubric of the First Plan and its four criteria of admission, as the plan published them.

Source: PAGA I, pp. 20-22. Each block is the mean of its indicators: the weights inside a block were not published.
Where the source describes only the ends of a scale (potential impact), the values between have no words here either.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CODE = "paga-2019"
TITLE_ES = "Rúbrica del Primer Plan: factibilidad y relevancia"
TITLE_EN = "Rubric of the First Plan: feasibility and relevance"
SOURCE = "Primer Plan de Acción de Gobierno Abierto del Ecuador (PAGA I), págs. 21-22"
ADMISSION_SOURCE = "Primer Plan de Acción de Gobierno Abierto del Ecuador (PAGA I), pág. 20"


@dataclass(frozen=True)
class Indicator:
    """One criterion of the rubric. ``anchors``: value → (Spanish, English), only where the source gives words."""

    key: str
    label_es: str
    label_en: str
    help_es: str
    help_en: str
    anchors: dict[int, tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """A block of indicators and its weight in per cent of the total."""

    key: str
    name_es: str
    name_en: str
    weight_pct: Decimal
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class AdmissionCriterion:
    """A question that every proposal must answer with yes. ``field`` is its column in `models.Admission`."""

    field: str
    label_es: str
    label_en: str
    question_es: str
    question_en: str


ADMISSION = (
    AdmissionCriterion(
        "is_clear",
        "Precisión y claridad",
        "Precision and clarity",
        "¿Se entiende cuál es el problema público y qué se propone hacer?",
        "Is it clear what the public problem is and what is proposed?",
    ),
    AdmissionCriterion(
        "is_collaborative",
        "Predisposición de colaboración activa entre ciudadanía y sector público",
        "Readiness for active collaboration between citizens and the public sector",
        "¿La solución necesita que ciudadanía e instituciones trabajen juntas?",
        "Does the solution need citizens and institutions to work together?",
    ),
    AdmissionCriterion(
        "is_open_government",
        "Relación con los pilares de Gobierno Abierto",
        "Relation with the pillars of open government",
        "¿Tiene que ver con transparencia, integridad y rendición de cuentas, participación o "
        "colaboración e innovación?",
        "Is it about transparency, integrity and accountability, participation, or collaboration and innovation?",
    ),
    AdmissionCriterion(
        "is_public_policy",
        "Posibilidad de transformarse o aportar a una política pública",
        "Possibility of becoming, or contributing to, a public policy",
        "¿Puede convertirse en una política pública o aportar a una que ya existe?",
        "Can it become a public policy or contribute to an existing one?",
    ),
)

BLOCKS = (
    Block(
        "factibilidad",
        "Factibilidad",
        "Feasibility",
        Decimal(50),
        (
            Indicator(
                "tiempo",
                "Tiempo",
                "Time",
                "¿En cuánto tiempo se puede cumplir?",
                "How long would it take?",
                {
                    3: ("De 0 a 6 meses", "0 to 6 months"),
                    2: ("Más de 6 meses y hasta 1 año", "More than 6 months, up to 1 year"),
                    1: ("Más de 1 año y menos de 2", "More than 1 year, less than 2"),
                    0: ("2 años o más", "2 years or more"),
                },
            ),
            Indicator(
                "complejidad",
                "Complejidad",
                "Complexity",
                "¿Cuántas entidades tienen que ponerse de acuerdo?",
                "How many bodies have to agree?",
                {
                    3: ("Solo responsable y contraparte", "Only the responsible body and the counterpart"),
                    2: ("Responsable, contraparte y 1 entidad más", "Responsible body, counterpart and 1 more"),
                    1: ("Máximo 5 entidades en total", "At most 5 bodies in all"),
                    0: ("6 o más entidades en total", "6 or more bodies in all"),
                },
            ),
            Indicator(
                "recursos",
                "Recursos",
                "Resources",
                "¿Hay recursos?",
                "Are there resources?",
                {
                    3: ("Potencialidad alta: recursos disponibles", "High: resources available"),
                    2: ("Potencialidad media: se pueden gestionar", "Medium: they can be raised"),
                    1: ("Potencialidad baja: no hay certeza", "Low: uncertain"),
                    0: ("Potencialidad nula: no existen", "None"),
                },
            ),
            Indicator(
                "predisposicion",
                "Predisposición",
                "Readiness",
                "¿Hay voluntad de la institución y de la contraparte?",
                "Are the institution and the counterpart willing?",
                {
                    3: ("En ambas, sin obstáculo a la vista", "In both, no obstacle seen"),
                    2: ("En una sola, sin obstáculo a la vista", "In one only, no obstacle seen"),
                    1: ("En ninguna, sin obstáculo a la vista", "In neither, no obstacle seen"),
                    0: ("En ninguna, y se observa un obstáculo", "In neither, and an obstacle is seen"),
                },
            ),
        ),
    ),
    Block(
        "relevancia",
        "Relevancia",
        "Relevance",
        Decimal(50),
        (
            Indicator(
                "reiteraciones",
                "Reiteraciones",
                "Repetition",
                "¿Cuántas propuestas ciudadanas piden lo mismo?",
                "How many citizen proposals ask for the same?",
                {
                    3: ("10 o más propuestas", "10 or more proposals"),
                    2: ("Entre 6 y 9 propuestas", "6 to 9 proposals"),
                    1: ("Entre 2 y 5 propuestas", "2 to 5 proposals"),
                    0: ("1 propuesta", "1 proposal"),
                },
            ),
            Indicator(
                "impacto",
                "Impacto potencial",
                "Potential impact",
                "¿Qué tan crítico es el problema?",
                "How critical is the problem?",
                {
                    3: ("Muy crítico", "Very critical"),
                    0: ("Nada crítico", "Not critical"),
                },
            ),
            Indicator(
                "alineacion",
                "Alineación",
                "Alignment",
                "¿Con cuántos planes o leyes vigentes se vincula?",
                "How many plans or laws in force is it linked to?",
                {
                    3: ("6 o más instrumentos vigentes", "6 or more instruments in force"),
                    2: ("4 o 5 instrumentos", "4 or 5 instruments"),
                    1: ("De 1 a 3 instrumentos", "1 to 3 instruments"),
                    0: ("Sin vinculación expresa", "None expressed"),
                },
            ),
        ),
    ),
)
MINIMUM, MAXIMUM = 0, 3
