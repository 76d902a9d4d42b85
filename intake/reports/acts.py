"""Words for what the trail holds. An act or a thing without words here is shown by its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from intake.core.i18n import Text

ACTS: dict[str, Text] = {
    "actor.create": _l("Creó un actor"),
    "actor.edit": _l("Corrigió un actor"),
    "actor.self_register": _l("Se registró como actor"),
    "actor.verify": _l("Verificó un actor"),
    "actor.reject": _l("No verificó un actor"),
    "actor.merge": _l("Unió un actor a otro registro"),
    "admission.examine": _l("Examinó una propuesta"),
    "admission.countersign": _l("Puso la segunda firma"),
    "agreement.prepare": _l("Preparó un acuerdo"),
    "agreement.signature": _l("Firmó un acuerdo"),
    "agreement.terminate": _l("Terminó un acuerdo"),
    "assignment.create": _l("Pidió una evaluación"),
    "assignment.start": _l("Empezó una evaluación"),
    "assignment.save": _l("Guardó una evaluación"),
    "assignment.submit": _l("Envió una evaluación"),
    "assignment.cancel": _l("Canceló una evaluación pedida"),
    "assignment.declare_conflict": _l("Declaró un conflicto de interés"),
    "assignment.decline": _l("Dijo que no es de su competencia"),
    "commitment.draft": _l("Redactó un compromiso"),
    "commitment.edit": _l("Corrigió un compromiso"),
    "commitment.consult": _l("Abrió la consulta de un compromiso"),
    "commitment.confirm": _l("Confirmó un compromiso"),
    "commitment.formalize": _l("Formalizó un compromiso"),
    "commitment.conclude": _l("Concluyó un compromiso"),
    "commitment.drop": _l("Retiró un compromiso"),
    "decision.decide": _l("Decidió sobre una propuesta"),
    "decision.change": _l("Cambió una decisión"),
    "decision.take_back": _l("Quitó una decisión"),
    "decision.publish": _l("Publicó una decisión"),
    "event.create": _l("Creó una mesa"),
    "event.edit": _l("Corrigió una mesa"),
    "milestone.add": _l("Añadió un hito"),
    "milestone.remove": _l("Quitó un hito"),
    "milestone.report": _l("Actualizó el avance de un hito"),
    "plan.create": _l("Creó un plan"),
    "plan.make_current": _l("Puso en marcha un plan"),
    "plan.reschedule": _l("Cambió el calendario"),
    "post.create": _l("Creó un puesto"),
    "post.grant": _l("Dio un puesto"),
    "post.end": _l("Terminó un puesto"),
    "progress.report": _l("Reportó avance"),
    "progress.answer": _l("Respondió un reporte"),
    "proposal.submit": _l("Envió una propuesta"),
    "proposal.revise": _l("Corrigió una propuesta"),
    "proposal.renew_code": _l("Pidió otro código de seguimiento"),
    "proposal.admit": _l("Admitió una propuesta"),
    "proposal.propose_refusal": _l("Propuso no admitir"),
    "proposal.refuse": _l("No admitió una propuesta"),
    "proposal.overrule": _l("Admitió tras la segunda firma"),
    "proposal.begin_evaluation": _l("Empezó la evaluación"),
    "proposal.finish_evaluation": _l("Dio por evaluada una propuesta"),
    "proposal.select": _l("Puso una propuesta en el plan"),
    "proposal.reserve": _l("Puso una propuesta en reserva"),
    "proposal.leave_outside": _l("Dejó una propuesta fuera del plan"),
    "proposal.defer": _l("Guardó una propuesta para el próximo plan"),
    "proposal.call_up": _l("Llamó una reserva al plan"),
    "proposal.withdraw": _l("Retiró una propuesta"),
    "proposal.hold": _l("Apartó una propuesta para revisarla"),
    "proposal.release": _l("Dejó pasar una propuesta apartada"),
    "proposal.discard": _l("Descartó algo que no era una propuesta"),
    "proposal.join": _l("Unió una propuesta a otra colectiva"),
    "proposal.separate": _l("Deshizo una unión de propuestas"),
    "proposal.separate_admitted": _l("Deshizo una unión de propuestas admitidas"),
    "round.create": _l("Abrió una ronda"),
    "round.change_due": _l("Cambió el plazo de una ronda"),
    "round.remind": _l("Recordó evaluaciones pendientes"),
    "round.close": _l("Cerró una ronda"),
    "session.open": _l("Abrió una sesión"),
    "session.edit": _l("Corrigió una sesión"),
    "session.cancel": _l("Canceló una sesión"),
    "session.publish": _l("Publicó una sesión"),
    "stage.publish": _l("Publicó las fechas de una etapa"),
    "stage.reschedule": _l("Cambió las fechas de una etapa"),
    "user.create": _l("Creó una cuenta"),
    "user.edit": _l("Cambió sus datos"),
    "user.sign_in": _l("Entró"),
}
THINGS: dict[str, Text] = {
    "actor": _l("Actor"),
    "admission": _l("Examen"),
    "agreement": _l("Acuerdo"),
    "assignment": _l("Evaluación"),
    "commitment": _l("Compromiso"),
    "decision": _l("Decisión"),
    "event": _l("Mesa"),
    "milestone": _l("Hito"),
    "plan": _l("Plan"),
    "post": _l("Puesto"),
    "progress_report": _l("Reporte de avance"),
    "proposal": _l("Propuesta"),
    "round": _l("Ronda"),
    "selection_session": _l("Sesión"),
    "stage": _l("Etapa"),
    "user": _l("Cuenta"),
}


def act(code: str) -> str:
    """The words for an act, or its code."""
    return str(ACTS.get(code, code))


def thing(code: str) -> str:
    """The words for a kind of thing, or its code."""
    return str(THINGS.get(code, code))
