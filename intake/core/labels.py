"""Words and tones for every closed vocabulary. A test demands one of each for every member."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from intake.core.i18n import lazy_gettext as _l
from models import enums as e


def _key(member: StrEnum) -> tuple[type, str]:
    """Members of two vocabularies with one value are equal as text (``pending``): the vocabulary is part of the key."""
    return type(member), member.value


class ByMember(dict[tuple[type, str], Any]):
    """A dict by vocabulary and value that is asked with members."""

    def __getitem__(self, member: Any) -> Any:
        return super().__getitem__(_key(member) if isinstance(member, StrEnum) else member)

    def __contains__(self, member: object) -> bool:
        return super().__contains__(_key(member) if isinstance(member, StrEnum) else member)


_WORDS: tuple[tuple[StrEnum, Any], ...] = (
    (e.Role.CITIZEN, _l("Ciudadanía")),
    (e.Role.FACILITATOR, _l("Facilitación")),
    (e.Role.ANALYST, _l("Análisis")),
    (e.Role.REVIEWER, _l("Revisión")),
    (e.Role.CORE_GROUP, _l("Grupo Núcleo")),
    (e.Role.DIRECTORATE, _l("Dirección de Gobierno Abierto")),
    (e.Role.INSTITUTION, _l("Institución responsable")),
    (e.Role.COUNTERPART, _l("Contraparte")),
    (e.Role.OBSERVER, _l("Observación")),
    (e.Role.ADMIN, _l("Administración")),
    (e.ReviewSector.GOVERNMENT, _l("Sector público")),
    (e.ReviewSector.CIVIL_SOCIETY, _l("Sociedad civil")),
    (e.ReviewSector.ACADEMIA, _l("Academia")),
    (e.TokenPurpose.CONFIRM_EMAIL, _l("Confirmar el correo")),
    (e.TokenPurpose.SIGN_IN, _l("Entrar con un enlace")),
    (e.TokenPurpose.RESET_PASSWORD, _l("Cambiar la contraseña")),
    (e.TokenPurpose.INVITATION, _l("Invitación")),
    (e.TokenPurpose.CHANGE_EMAIL, _l("Cambiar el correo")),
    (e.TerritoryLevel.COUNTRY, _l("País")),
    (e.TerritoryLevel.PROVINCE, _l("Provincia")),
    (e.TerritoryLevel.CANTON, _l("Cantón")),
    (e.TerritoryLevel.PARISH, _l("Parroquia")),
    (e.PlanStatus.PREPARING, _l("En preparación")),
    (e.PlanStatus.CO_CREATION, _l("En cocreación")),
    (e.PlanStatus.IMPLEMENTATION, _l("En implementación")),
    (e.PlanStatus.CLOSED, _l("Concluido")),
    (e.StageKind.MAPPING, _l("Mapeo de actores")),
    (e.StageKind.RECEPTION, _l("Recepción de propuestas")),
    (e.StageKind.EVALUATION, _l("Análisis y evaluación")),
    (e.StageKind.SELECTION, _l("Selección de compromisos")),
    (e.StageKind.ACCOUNTABILITY, _l("Formalización y rendición de cuentas")),
    (e.StageStatus.PLANNED, _l("Fechas en borrador")),
    (e.StageStatus.PUBLISHED, _l("Fechas publicadas")),
    (e.StageStatus.CONCLUDED, _l("Concluida")),
    (e.Approach.HUMAN_RIGHTS, _l("Derechos humanos")),
    (e.Approach.INTERCULTURALITY, _l("Interculturalidad")),
    (e.Approach.ENVIRONMENT, _l("Ambiente")),
    (e.Approach.GENDER, _l("Género")),
    (e.Branch.EXECUTIVE, _l("Función Ejecutiva")),
    (e.Branch.LEGISLATIVE, _l("Parlamento abierto (Función Legislativa)")),
    (e.Branch.JUDICIAL, _l("Justicia abierta (Función Judicial)")),
    (e.Branch.SUBNATIONAL, _l("Gobiernos locales (subnacional)")),
    (e.Channel.WEB, _l("Por la web")),
    (e.Channel.TABLE, _l("En una mesa")),
    (e.Channel.PAPER, _l("En papel")),
    (e.Channel.COURSE, _l("En un curso")),
    (e.ActorKind.PUBLIC_INSTITUTION, _l("Institución pública")),
    (e.ActorKind.LOCAL_GOVERNMENT, _l("Gobierno autónomo descentralizado")),
    (e.ActorKind.CIVIL_SOCIETY, _l("Organización de la sociedad civil")),
    (e.ActorKind.COLLECTIVE, _l("Colectivo")),
    (e.ActorKind.ACADEMIA, _l("Academia")),
    (e.ActorKind.PRIVATE_SECTOR, _l("Sector privado")),
    (e.ActorKind.COOPERATION, _l("Cooperación internacional")),
    (e.ActorKind.PEOPLE_OR_NATIONALITY, _l("Pueblo o nacionalidad")),
    (e.ActorKind.COMMUNITY, _l("Comunidad")),
    (e.ActorStatus.PENDING, _l("Por verificar")),
    (e.ActorStatus.VERIFIED, _l("Verificado")),
    (e.ActorStatus.REJECTED, _l("Rechazado")),
    (e.BodyKind.CORE_GROUP, _l("Grupo Núcleo")),
    (e.BodyKind.WORKING_GROUP, _l("Grupo de Trabajo")),
    (e.EventKind.SENSITISATION, _l("Sensibilización")),
    (e.EventKind.LEVELLING, _l("Nivelación")),
    (e.EventKind.TERRITORIAL_TABLE, _l("Mesa territorial")),
    (e.EventKind.THEMATIC_TABLE, _l("Mesa temática")),
    (e.EventKind.VIRTUAL, _l("Encuentro virtual")),
    (e.EventKind.COURSE, _l("Curso")),
    (e.Dimension.GENDER, _l("Género")),
    (e.Dimension.AGE_BAND, _l("Edad")),
    (e.Dimension.SECTOR, _l("Sector")),
    (e.Dimension.SELF_IDENTIFICATION, _l("Autoidentificación")),
    (e.ProposalKind.CITIZEN, _l("Propuesta ciudadana")),
    (e.ProposalKind.INTEGRATED, _l("Propuesta integrada")),
    (e.ProposalStatus.DRAFT, _l("Borrador")),
    (e.ProposalStatus.SUBMITTED, _l("Recibida")),
    (e.ProposalStatus.REFUSAL_PROPOSED, _l("En análisis")),
    (e.ProposalStatus.NOT_ADMITTED, _l("No admitida")),
    (e.ProposalStatus.ADMITTED, _l("Admitida")),
    (e.ProposalStatus.IN_EVALUATION, _l("En evaluación")),
    (e.ProposalStatus.EVALUATED, _l("Evaluada")),
    (e.ProposalStatus.SELECTED, _l("En el plan")),
    (e.ProposalStatus.RESERVE, _l("En reserva")),
    (e.ProposalStatus.OUTSIDE_PLAN, _l("Fuera del plan")),
    (e.ProposalStatus.NEXT_PLAN, _l("Para un próximo plan")),
    (e.ProposalStatus.WITHDRAWN, _l("Retirada")),
    (e.ProposerKind.PERSON, _l("A título personal")),
    (e.ProposerKind.ORGANISATION, _l("En nombre de una organización")),
    (e.PublicName.NAME, _l("Mi nombre")),
    (e.PublicName.ORGANISATION, _l("El nombre de la organización")),
    (e.PublicName.ANONYMOUS, _l("Sin nombre")),
    (e.AssignmentStatus.PENDING, _l("Pendiente")),
    (e.AssignmentStatus.IN_PROGRESS, _l("Empezada")),
    (e.AssignmentStatus.SUBMITTED, _l("Enviada")),
    (e.AssignmentStatus.CONFLICT, _l("Conflicto de interés")),
    (e.AssignmentStatus.NOT_COMPETENT, _l("Fuera de mi competencia")),
    (e.AssignmentStatus.CANCELLED, _l("Cancelada")),
    (e.RoundStatus.OPEN, _l("Abierta")),
    (e.RoundStatus.CLOSED, _l("Cerrada")),
    (e.Category.IN_PLAN, _l("En el plan")),
    (e.Category.RESERVE, _l("En reserva")),
    (e.Category.OUTSIDE_PLAN, _l("Fuera del plan")),
    (e.Category.NEXT_PLAN, _l("Próximo plan")),
    (e.DecisionStatus.PENDING, _l("Sin publicar")),
    (e.DecisionStatus.PUBLISHED, _l("Publicada")),
    (e.SessionStatus.OPEN, _l("En deliberación")),
    (e.SessionStatus.PUBLISHED, _l("Publicada")),
    (e.SessionStatus.CANCELLED, _l("Cancelada")),
    (e.CommitmentStatus.DRAFT, _l("En redacción")),
    (e.CommitmentStatus.CONSULTATION, _l("En consulta pública")),
    (e.CommitmentStatus.CONFIRMED, _l("Confirmado")),
    (e.CommitmentStatus.FORMALIZED, _l("Formalizado")),
    (e.CommitmentStatus.CONCLUDED, _l("Concluido")),
    (e.CommitmentStatus.DROPPED, _l("Retirado")),
    (e.PartyRole.RESPONSIBLE, _l("Responsable")),
    (e.PartyRole.COUNTERPART, _l("Contraparte")),
    (e.PartyRole.SUPPORT_GOVERNMENT, _l("Apoyo público")),
    (e.PartyRole.SUPPORT_OTHER, _l("Otros apoyos")),
    (e.MilestoneKind.DESIGN, _l("Diseño")),
    (e.MilestoneKind.ADOPTION, _l("Adopción")),
    (e.MilestoneKind.IMPLEMENTATION, _l("Implementación")),
    (e.MilestoneKind.EVALUATION, _l("Evaluación")),
    (e.MilestoneStatus.DEFINITION, _l("Definición")),
    (e.MilestoneStatus.PLANNING, _l("Planificación")),
    (e.MilestoneStatus.EXECUTION, _l("Ejecución")),
    (e.MilestoneStatus.COMPLETED, _l("Completado")),
    (e.MilestoneStatus.STOPPED, _l("Detenido")),
    (e.AgreementStatus.DRAFT, _l("Por firmar")),
    (e.AgreementStatus.PARTLY_SIGNED, _l("Firmado en parte")),
    (e.AgreementStatus.SIGNED, _l("Firmado")),
    (e.AgreementStatus.TERMINATED, _l("Terminado")),
    (e.Verdict.CONFIRMED, _l("Confirmado")),
    (e.Verdict.QUALIFIED, _l("Confirmado con reparos")),
    (e.Verdict.DISPUTED, _l("Disputado")),
    (e.IrmDimension.VERIFIABILITY, _l("Verificabilidad")),
    (e.IrmDimension.AMBITION, _l("Ambición")),
    (e.IrmDimension.COMPLETION, _l("Cumplimiento")),
    (e.IrmDimension.EARLY_RESULTS, _l("Resultados tempranos")),
)
LABELS = ByMember({_key(member): words for member, words in _WORDS})

#: Categories of attendance, kept as plain text in the database because bands differ between sources.
CATEGORY_LABELS: dict[str, Any] = {
    "man": _l("Hombres"),
    "woman": _l("Mujeres"),
    "non_binary": _l("No binario"),
    "other": _l("Otro"),
    "not_stated": _l("Prefiere no responder"),
    "15_17": _l("15 a 17 años"),
    "18_29": _l("18 a 29 años"),
    "30_44": _l("30 a 44 años"),
    "45_64": _l("45 a 64 años"),
    "65_plus": _l("65 años o más"),
    "citizen": _l("Ciudadanía"),
    "civil_society": _l("Sociedad civil"),
    "academia": _l("Academia"),
    "public": _l("Sector público"),
    "government": _l("Sector público"),
    "community": _l("Comunidades, pueblos y nacionalidades"),
    "individual": _l("A título personal"),
    "private": _l("Sector privado"),
    "cooperation": _l("Cooperación"),
    "indigena": _l("Indígena"),
    "afroecuatoriano": _l("Afroecuatoriano/a"),
    "negro": _l("Negro/a"),
    "mulato": _l("Mulato/a"),
    "montubio": _l("Montubio/a"),
    "mestizo": _l("Mestizo/a"),
    "blanco": _l("Blanco/a"),
    "otro": _l("Otra"),
}

_GOOD, _BAD, _WARNING, _PROGRESS = "good", "bad", "warning", "progress"
_TONES: tuple[tuple[StrEnum, str], ...] = (
    (e.PlanStatus.CO_CREATION, _PROGRESS),
    (e.PlanStatus.IMPLEMENTATION, _PROGRESS),
    (e.PlanStatus.CLOSED, _GOOD),
    (e.ActorStatus.PENDING, _WARNING),
    (e.ActorStatus.VERIFIED, _GOOD),
    (e.ActorStatus.REJECTED, _BAD),
    (e.ProposalStatus.SUBMITTED, _PROGRESS),
    (e.ProposalStatus.REFUSAL_PROPOSED, _PROGRESS),
    (e.ProposalStatus.ADMITTED, _PROGRESS),
    (e.ProposalStatus.IN_EVALUATION, _PROGRESS),
    (e.ProposalStatus.EVALUATED, _PROGRESS),
    (e.ProposalStatus.SELECTED, _GOOD),
    (e.ProposalStatus.RESERVE, _WARNING),
    (e.ProposalStatus.NOT_ADMITTED, _BAD),
    (e.ProposalStatus.OUTSIDE_PLAN, _BAD),
    (e.AssignmentStatus.IN_PROGRESS, _PROGRESS),
    (e.AssignmentStatus.PENDING, _WARNING),
    (e.AssignmentStatus.SUBMITTED, _GOOD),
    (e.AssignmentStatus.CONFLICT, _BAD),
    (e.Category.IN_PLAN, _GOOD),
    (e.Category.RESERVE, _WARNING),
    (e.Category.OUTSIDE_PLAN, _BAD),
    (e.DecisionStatus.PENDING, _WARNING),
    (e.DecisionStatus.PUBLISHED, _GOOD),
    (e.SessionStatus.OPEN, _PROGRESS),
    (e.SessionStatus.PUBLISHED, _GOOD),
    (e.CommitmentStatus.CONSULTATION, _PROGRESS),
    (e.CommitmentStatus.CONFIRMED, _PROGRESS),
    (e.CommitmentStatus.FORMALIZED, _GOOD),
    (e.CommitmentStatus.CONCLUDED, _GOOD),
    (e.CommitmentStatus.DROPPED, _BAD),
    (e.MilestoneStatus.PLANNING, _PROGRESS),
    (e.MilestoneStatus.EXECUTION, _PROGRESS),
    (e.MilestoneStatus.COMPLETED, _GOOD),
    (e.MilestoneStatus.STOPPED, _BAD),
    (e.AgreementStatus.DRAFT, _WARNING),
    (e.AgreementStatus.PARTLY_SIGNED, _PROGRESS),
    (e.AgreementStatus.SIGNED, _GOOD),
    (e.AgreementStatus.TERMINATED, _BAD),
    (e.Verdict.CONFIRMED, _GOOD),
    (e.Verdict.QUALIFIED, _WARNING),
    (e.Verdict.DISPUTED, _BAD),
)
TONES = ByMember({_key(member): tone for member, tone in _TONES})


def label(member: Any) -> str:
    """The words for a member of a vocabulary (or for a category of attendance) in the reader's language."""
    if isinstance(member, StrEnum):
        return str(LABELS.get(_key(member), member.value))
    return str(CATEGORY_LABELS.get(member, member if member is not None else ""))


def label_later(member: StrEnum) -> Any:
    """The same words before there is a reader: a form's choices are made once, when the program starts."""
    return LABELS.get(_key(member), member.value)


def tone(member: Any) -> str:
    """The tone in which a state is drawn: neutral, progress, good, warning or bad."""
    return str(TONES.get(_key(member), "neutral")) if isinstance(member, StrEnum) else "neutral"
