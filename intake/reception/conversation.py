"""When people may support and comment on a proposal, when totals are told, and the published rules of conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from intake.core import calendar, clock
from intake.core.errors import Conflict, StageClosed
from intake.core.i18n import lazy_gettext as _l
from models.enums import ModerationReason, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.i18n import Text
    from models import Comment, Plan, Proposal, Stage

#: Stages in which people support and talk. Staff may answer at any time.
STAGES = (StageKind.RECEPTION, StageKind.EVALUATION)
#: States in which a proposal is still to be decided: one that was withdrawn, refused or joined gathers nothing more.
TALKED_ABOUT = frozenset(
    {
        ProposalStatus.SUBMITTED,
        ProposalStatus.REFUSAL_PROPOSED,
        ProposalStatus.ADMITTED,
        ProposalStatus.IN_EVALUATION,
        ProposalStatus.EVALUATED,
    }
)
WHY_CLOSED: Text = _l(
    "Se apoya y se comenta durante las etapas de recepción y evaluación. Hoy ninguna de las dos está abierta."
)
COMMENT_WORDS = 300
NOTE_WORDS = 200
EDIT_MINUTES = 15

#: What each published rule means, in plain words.
EXPLAINED: dict[ModerationReason, Text] = {
    ModerationReason.INSULT: _l(
        "Se puede criticar una idea con dureza, pero no ofender a las personas ni rebajar a nadie por su origen, "
        "género, edad, discapacidad, religión, lengua u opinión."
    ),
    ModerationReason.THREAT: _l("No se amenaza a nadie ni se llama a hacer daño a personas o a sus bienes."),
    ModerationReason.PERSONAL_DATA: _l(
        "No se publican cédulas, teléfonos, direcciones, correos ni datos de salud de otras personas. Tampoco los "
        "suyos: cualquiera podría usarlos."
    ),
    ModerationReason.OFF_TOPIC: _l("El comentario trata de la propuesta: de su problema, su solución o su resultado."),
    ModerationReason.SPAM: _l("No se hace publicidad ni se repite el mismo texto muchas veces."),
    ModerationReason.UNLAWFUL: _l("No se publica lo que la ley prohíbe, como incitar al odio o al delito."),
}


def is_open(proposal: Proposal, stages: Sequence[Stage]) -> bool:
    """Whether people may support the proposal and comment on it today."""
    return proposal.status in TALKED_ABOUT and any(v.is_open for v in calendar.views(stages) if v.kind in STAGES)


def require_open(proposal: Proposal, stages: Sequence[Stage]) -> None:
    """Raise `Conflict` for a proposal that no longer waits for its answer, `StageClosed` outside the stages."""
    if proposal.status not in TALKED_ABOUT:
        raise Conflict(_l("Esta propuesta ya tiene su respuesta: no recibe más apoyos ni comentarios."))
    views = [v for v in calendar.views(stages) if v.kind in STAGES]
    if not any(v.is_open for v in views):
        following = next((v for v in views if v.state == calendar.NEXT), None)
        raise StageClosed(WHY_CLOSED, stage=views[0] if views else None, following=following)


def totals_told(plan: Plan) -> bool:
    """Whether anybody may read how many support each proposal of the plan."""
    return plan.supports_hidden_until is None or clock.today() > plan.supports_hidden_until


def may_still_edit(comment: Comment) -> bool:
    """Whether the window in which its author may change it is open."""
    return comment.hidden_at is None and clock.now() - comment.created_at <= timedelta(minutes=EDIT_MINUTES)
