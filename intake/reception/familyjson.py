"""Open data of what belongs to a proposal beside its own row: family, questions, reply, supports, comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intake.core import clock
from intake.reception import families
from intake.reception.inputs import STATUS_SLUGS, public_status
from intake.reception.serializers import CATEGORIES
from models.enums import JoinStatus, ProposalKind

if TYPE_CHECKING:
    from datetime import datetime

    from intake.reception.queries import Story
    from intake.reception.queries.story import Fate
    from models import AuthorReply, InformationRequest, Proposal

#: What `belonging` tells, and nothing else.
FIELDS = (
    "partes",
    "autores",
    "autores_sin_nombre",
    "colectiva",
    "enlazada_con",
    "preguntas",
    "replica",
    "apoyos",
    "apoyos_con_partes",
    "comentarios",
)
#: What became of the question to an author, in open data.
ANSWERS = {
    JoinStatus.ASKED: "esperando",
    JoinStatus.ACCEPTED: "unida",
    JoinStatus.NUANCED: "unida_con_matiz",
    JoinStatus.DECLINED: "por_separado",
    JoinStatus.SILENT: "sin_respuesta",
    JoinStatus.UNDONE: "deshecha",
}


def belonging(proposal: Proposal, story: Story, *, supports: int | None, family_supports: int | None) -> dict[str, Any]:
    """Exactly `FIELDS`: family, questions with answers, reply, totals. ``supports`` None while the plan hides them.

    ``family_supports`` are distinct people over a collective proposal and its parts. Names only of those who chose to
    be read; dates in ISO 8601.
    """
    return {
        "partes": [
            {
                "folio": part.proposal.folio,
                "titulo": part.proposal.title,
                "respuesta": ANSWERS[families.standing(part.request)],
                "matiz": part.request.nuance or None,
                "fecha": _day(families.settled_at(part.request)),
            }
            for part in story.family.parts
        ],
        "autores": [row.name for row in story.authors if row.is_named and row.name],
        "autores_sin_nombre": sum(1 for row in story.authors if not (row.is_named and row.name)),
        "colectiva": _collective(story.fate),
        "enlazada_con": [request.collective.folio for request in story.family.is_linked_to],
        "preguntas": [_question(question) for question in story.questions],
        "replica": _reply(story.reply),
        "apoyos": supports,
        "apoyos_con_partes": family_supports if proposal.kind is ProposalKind.COLLECTIVE else None,
        "comentarios": proposal.comment_count,
    }


def _collective(fate: Fate | None) -> dict[str, Any] | None:
    """The collective proposal that speaks for this one, whose answer is its own."""
    if fate is None:
        return None
    decision = fate.story.decision
    return {
        "folio": fate.collective.folio,
        "titulo": fate.collective.title,
        "estado": STATUS_SLUGS[public_status(fate.collective.status)],
        "decision": CATEGORIES[decision.category.value] if decision else None,
        "decision_motivo": decision.reason if decision else None,
        "decision_fecha": _day(decision.published_at) if decision else None,
        "compromisos": [link.reference for link in fate.story.commitments],
    }


def _question(question: InformationRequest) -> dict[str, Any]:
    return {
        "pregunta": question.question,
        "fecha": _day(question.asked_at),
        "plazo": question.due_on.isoformat(),
        "respuesta": question.answer or None,
        "respuesta_fecha": _day(question.answered_at),
    }


def _reply(reply: AuthorReply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    return {
        "texto": reply.text,
        "fecha": _day(reply.replied_at),
        "respuesta": reply.answer or None,
        "respuesta_fecha": _day(reply.answered_at),
    }


def _day(moment: datetime | None) -> str | None:
    return clock.local(moment).date().isoformat() if moment else None
