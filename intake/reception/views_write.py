"""Writing a proposal: the form, and the draft under its secret address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, make_response, redirect, render_template, request, session, url_for

from forms.base import with_rows
from forms.reception import ProposalForm
from forms.reception_pieces import ATTACH, with_files
from intake.core import calendar, keyed, tokens
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.permissions import Permission
from intake.reception import pieces, queries, services
from intake.reception.blueprint import bp
from intake.reception.inputs import CONSENT_VERSION
from intake.reception.prefill import fill_places, form_of
from intake.reception.queries import attached
from intake.reception.refused import blame
from intake.reception.screening import Pace
from intake.reception.services import codes
from intake.reception.underway import plan_under_way
from intake.web.access import principal, public, remember_claim, requires
from intake.web.security import WITH_LOCATION
from intake.web.templating import device_owner
from models import Proposal
from models.enums import ProposalStatus, StageKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from intake.reception.inputs import ContactInput, ProposalInput
    from models import Plan

#: Session key of the receipt just given: folio and claim code, shown once.
RECEIPT = "receipt"
#: Session key of the secret address of the guest's draft that this browser wrote last.
DRAFT = "draft"


def load_draft(key: str) -> Proposal:
    """The proposal under a secret address. Showing a guest's key makes this browser its author's."""
    proposal = queries.by_draft_key(key)
    if proposal.author_id is None and codes.is_opened_by(proposal, key):
        remember_claim(proposal)
        if proposal.status is ProposalStatus.DRAFT:
            session[DRAFT] = key
    g.plan = proposal.plan
    return proposal


@bp.route("/propuestas/nueva", methods=["GET", "POST"])
@public(form=True, files=True)
def new() -> ResponseReturnValue:
    """The form; a POST keeps a draft and, if asked, goes on to the preview."""
    plan = plan_under_way()
    reception = calendar.view_of(plan.stages, StageKind.RECEPTION)
    form = prepared(ProposalForm())
    if request.method == "GET":
        if not reception.is_open:
            return render_template("reception/closed.html", plan=plan, **closed(plan), key=None)
        form.key.data = tokens.new_token()
        form.opened.data = keyed.stamp("proposal_form")
        return _form_page(form, plan, reception)
    brings = pieces.asks(form) and not pieces.is_forged()
    try:
        if brings:
            return _keep_with_pieces(plan, form)
        if not form.asks_refresh and form.check(reviewing="review" in request.form):
            return _after_keeping(_keep_new(plan, form, form.to_input(), form.to_contact()))
    except Invalid as error:
        blame(form, error)
    if pieces.is_forged():
        pieces.keep(Proposal(), form).show_on(form)
    return _form_page(form, plan, reception)


def _keep_with_pieces(plan: Plan, form: ProposalForm) -> ResponseReturnValue:
    """Keep a draft for a file or a person that came with it, also where something else is still wrong; then go on."""
    form.has_pieces = True
    form.check(reviewing=False)
    sound = not any(f.errors for f in (form.contact_name, form.contact_email, form.contact_phone))
    g.draft_key = _keep_new(plan, form, form.kept_input(), form.to_contact() if sound else None)
    proposal = load_draft(g.draft_key)
    if proposal.status is not ProposalStatus.DRAFT:
        return redirect(url_for("reception.receipt", folio=proposal.folio), 303)
    return _go_on(proposal)


def _keep_new(plan: Plan, form: ProposalForm, data: ProposalInput, contact: ContactInput | None) -> str:
    """Keep the draft once, however often its form is sent. Returns the secret address."""
    given = form.key.data or ""
    key = given if tokens.is_token(given) else None
    proposal, address = services.create_draft(
        plan, data, contact, by=principal(), key=key, network=request.remote_addr or ""
    )
    if not principal().is_staff:
        seconds = keyed.seconds_since(form.opened.data or "", "proposal_form")
        services.note_pace(proposal, Pace(seconds, trap=bool(form.website.data)))
    if proposal.author_id is None:
        remember_claim(proposal)
        session[DRAFT] = address
    return address or ""


def _unsent() -> str | None:
    """The secret address of the draft that this browser's guest left unsent; None without one. Two statements then."""
    key = session.get(DRAFT)
    if not key:
        return None
    try:
        kept = queries.by_draft_key(key)
    except NotFound:
        return None
    return key if kept.status is ProposalStatus.DRAFT else None


def _after_keeping(key: str, *, lacking: str | None = None) -> ResponseReturnValue:
    """Where the pressed button leads; ``lacking``: to a picture that still does not say what it shows."""
    if (anchor := f"archivo-{lacking}" if lacking else pieces.anchor()) is not None:
        return redirect(url_for("reception.draft", key=key, guardado="si", _anchor=anchor), 303)
    page = "reception.review" if "review" in request.form else "reception.draft"
    saved = None if "review" in request.form else "si"
    return redirect(url_for(page, key=key, guardado=saved), 303)


@bp.route("/propuestas/borrador/<key:key>", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_draft, form=True, files=True)
def draft(proposal: Proposal) -> ResponseReturnValue:
    """A draft to go on with. ``?revisar=1`` says what is still missing."""
    if proposal.status is not ProposalStatus.DRAFT:
        return redirect(url_for("reception.receipt", folio=proposal.folio), 303)
    if request.method == "POST":
        return _go_on(proposal)
    form = prepared(form_of(proposal))
    if request.args.get("revisar"):
        form.check(reviewing=True)
    return _draft_page(form, proposal)


def _go_on(proposal: Proposal) -> ResponseReturnValue:
    """Keep what a POST brings to a draft: files and people first, each by itself, then the text."""
    done = pieces.keep(proposal, ProposalForm())
    proposal = queries.by_draft_key(draft_key())
    form = prepared(with_files(ProposalForm, attached.files_of(proposal))())
    form.people = attached.people_of(proposal)
    form.has_pieces = bool(form.files or form.people)
    valid = not form.asks_refresh and form.check(reviewing="review" in request.form)
    done.show_on(form)
    if not valid:
        return _draft_page(form, proposal)
    return _save(proposal, form, done)


def _save(proposal: Proposal, form: ProposalForm, done: pieces.Outcome) -> ResponseReturnValue:
    """Keep the text of a draft, and go where the pressed button leads."""
    lacking = form.last_undescribed() if ATTACH in request.form else None
    try:
        read = form.lock_version.data
        services.save_draft(proposal, form.to_input(), form.to_contact(), by=principal(), lock_version=read)
    except Invalid as error:
        blame(form, error)
        return _page_again(form)
    except Conflict as error:
        proposal = queries.by_draft_key(draft_key())
        if proposal.status is not ProposalStatus.DRAFT:
            return redirect(url_for("reception.receipt", folio=proposal.folio), 303)
        form.form_errors.append(error.message)
        return _page_again(form, fresh=True)
    if done.errors or (pieces.anchor() and form.would_lose_contact):
        return _page_again(form, fresh=True)
    return _after_keeping(draft_key(), lacking=lacking)


def _page_again(form: Any, *, fresh: bool = False) -> ResponseReturnValue:
    """After a commit or a rollback: what the page shows is read anew."""
    proposal = queries.by_draft_key(draft_key())
    form.files, form.people = attached.files_of(proposal), attached.people_of(proposal)
    return _draft_page(form, proposal, fresh=fresh)


def _draft_page(form: Any, proposal: Proposal, *, fresh: bool = False) -> ResponseReturnValue:
    """``fresh``: the form goes on from the draft as it is now kept, whatever it began from."""
    if fresh or form.lock_version.data is None:
        form.lock_version.process_data(proposal.lock_version)
        form.lock_version.raw_data = None  # shown instead of the stale one
    reception = calendar.view_of(proposal.plan.stages, StageKind.RECEPTION)
    return _form_page(form, proposal.plan, reception, proposal)


def draft_key() -> str:
    return str((request.view_args or {}).get("key") or g.draft_key)


def closed(plan: Plan) -> dict[str, Any]:
    """The stage of reception and the one that is open or comes next, for the page that says so."""
    views = calendar.views(plan.stages)
    reception = next(v for v in views if v.kind is StageKind.RECEPTION)
    following = next((v for v in views if v.state in {calendar.OPEN, calendar.NEXT}), None)
    return {"reception": reception, "following": following}


def prepared(form: Any) -> Any:
    """The form with its lists: themes, and places as far as they are chosen. Two statements."""
    with_rows(form.theme, [(t.code, localized(t, "name")) for t in queries.themes()], _l("Elija un tema"))
    fill_places(form)
    form.signed_in = principal().is_signed_in
    return form


def _form_page(form: Any, plan: Plan, reception: Any, proposal: Proposal | None = None) -> ResponseReturnValue:
    g.plan = plan
    page = render_template(
        "reception/form.html",
        form=form,
        plan=plan,
        reception=reception,
        proposal=proposal,
        key=draft_key() if proposal else None,
        saved=request.args.get("guardado") == "si",
        unsent=_unsent() if proposal is None and request.method == "GET" else None,
        owner=device_owner(principal()),
        for_worker=False,
        consent_version=CONSENT_VERSION,
    )
    answer = make_response(page, 422 if request.method == "POST" and form.errors else 200)
    answer.headers["Permissions-Policy"] = WITH_LOCATION
    return answer
