"""The lives of commitments, milestones and agreements."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Agreement, Commitment, Milestone
from models.enums import AgreementStatus as A
from models.enums import CommitmentStatus as C
from models.enums import MilestoneStatus as M

COMMITMENT = Lifecycle(
    "commitment",
    Commitment.status,
    C.DRAFT,
    [
        Transition(
            action="consult",
            label=_l("Abrir la consulta pública"),
            sources=frozenset({C.DRAFT}),
            target=C.CONSULTATION,
            permission=Permission.COMMITMENT_MOVE,
            first_stamp="published_at",
            button=False,
        ),
        Transition(
            action="confirm",
            label=_l("Confirmar con responsables y contrapartes"),
            sources=frozenset({C.DRAFT, C.CONSULTATION}),
            target=C.CONFIRMED,
            permission=Permission.COMMITMENT_MOVE,
            first_stamp="published_at",
            button=False,
            tone="primary",
        ),
        Transition(
            action="formalize",
            label=_l("Formalizar"),
            sources=frozenset({C.CONFIRMED}),
            target=C.FORMALIZED,
            permission=Permission.COMMITMENT_MOVE,
            stamp="formalized_at",
            notifies=True,
            button=False,
            tone="primary",
        ),
        Transition(
            action="conclude",
            label=_l("Dar por concluido"),
            sources=frozenset({C.FORMALIZED}),
            target=C.CONCLUDED,
            permission=Permission.COMMITMENT_MOVE,
            needs_reason=True,
        ),
        Transition(
            action="drop",
            label=_l("Retirar el compromiso"),
            sources=frozenset({C.DRAFT, C.CONSULTATION, C.CONFIRMED}),
            target=C.DROPPED,
            permission=Permission.COMMITMENT_MOVE,
            needs_reason=True,
            tone="warning",
        ),
    ],
    final=frozenset({C.CONCLUDED, C.DROPPED}),
)

#: A report says in which state the milestone now is; the move follows from it (see `services.report`).
REPORTED = {
    M.DEFINITION: "define",
    M.PLANNING: "plan",
    M.EXECUTION: "execute",
    M.COMPLETED: "complete",
    M.STOPPED: "stop",
}
_ALL = frozenset(M)

MILESTONE = Lifecycle(
    "milestone",
    Milestone.status,
    M.DEFINITION,
    [
        Transition(
            action=action,
            label=label,
            sources=_ALL - {state},
            target=state,
            permission=Permission.PROGRESS_REPORT,
            needs_reason=state is M.STOPPED,
            button=False,
        )
        for state, action, label in (
            (M.DEFINITION, "define", _l("Devolver a definición")),
            (M.PLANNING, "plan", _l("Pasar a planificación")),
            (M.EXECUTION, "execute", _l("Pasar a ejecución")),
            (M.COMPLETED, "complete", _l("Completar")),
            (M.STOPPED, "stop", _l("Detener")),
        )
    ],
    final=frozenset(),
)

AGREEMENT = Lifecycle(
    "agreement",
    Agreement.status,
    A.DRAFT,
    [
        Transition(
            action="sign_in_part",
            label=_l("Registrar una firma"),
            sources=frozenset({A.DRAFT}),
            target=A.PARTLY_SIGNED,
            permission=Permission.AGREEMENT_SIGN,
            button=False,
        ),
        Transition(
            action="sign",
            label=_l("Registrar la última firma"),
            sources=frozenset({A.DRAFT, A.PARTLY_SIGNED}),
            target=A.SIGNED,
            permission=Permission.AGREEMENT_SIGN,
            button=False,
        ),
        Transition(
            action="reopen",
            label=_l("Anular la única firma"),
            sources=frozenset({A.PARTLY_SIGNED, A.SIGNED}),
            target=A.DRAFT,
            permission=Permission.AGREEMENT_MANAGE,
            needs_reason=True,
            button=False,
        ),
        Transition(
            action="reopen_in_part",
            label=_l("Anular una de las firmas"),
            sources=frozenset({A.SIGNED}),
            target=A.PARTLY_SIGNED,
            permission=Permission.AGREEMENT_MANAGE,
            needs_reason=True,
            button=False,
        ),
        Transition(
            action="terminate",
            label=_l("Dar por terminada"),
            sources=frozenset({A.DRAFT, A.PARTLY_SIGNED, A.SIGNED}),
            target=A.TERMINATED,
            permission=Permission.AGREEMENT_MANAGE,
            needs_reason=True,
        ),
    ],
    final=frozenset({A.TERMINATED}),
)
