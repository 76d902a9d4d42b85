"""Plans, stages, and what both speak of."""

from __future__ import annotations

from enum import StrEnum


class PlanStatus(StrEnum):
    """The life of an action plan."""

    PREPARING = "preparing"
    CO_CREATION = "co_creation"
    IMPLEMENTATION = "implementation"
    CLOSED = "closed"


class StageKind(StrEnum):
    """The five official stages of the co-creation of the Second Plan, in order (ECLAC observatory, PAGA II)."""

    MAPPING = "mapping"
    RECEPTION = "reception"
    EVALUATION = "evaluation"
    SELECTION = "selection"
    ACCOUNTABILITY = "accountability"


class StageStatus(StrEnum):
    """Whether a stage's dates are a draft, public, or accounted for. Open or closed is computed from the dates."""

    PLANNED = "planned"
    PUBLISHED = "published"
    CONCLUDED = "concluded"


class Approach(StrEnum):
    """The four transversal approaches of the Second Plan."""

    HUMAN_RIGHTS = "derechos_humanos"
    INTERCULTURALITY = "interculturalidad"
    ENVIRONMENT = "ambiente"
    GENDER = "genero"


class Branch(StrEnum):
    """The branch or level of government that a proposal speaks to."""

    EXECUTIVE = "ejecutivo"
    LEGISLATIVE = "legislativo"
    JUDICIAL = "judicial"
    SUBNATIONAL = "subnacional"


class Dimension(StrEnum):
    """By what attendance was counted."""

    GENDER = "gender"
    AGE_BAND = "age_band"
    SECTOR = "sector"
    SELF_IDENTIFICATION = "self_identification"
    DISABILITY = "disability"
