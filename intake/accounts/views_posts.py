"""Posts and who holds them, for the Directorate."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import EndForm, InviteForm, PostFilterForm, PostForm
from intake.accounts import policy, queries, services
from intake.accounts.pages import SHOWN, put_error, shown
from intake.accounts.views import bp
from intake.core import clock, limits
from intake.core.errors import NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.web.access import principal, requires
from intake.web.listing import Listing
from models import Post


@bp.route("/direccion/puestos/")
@requires(Permission.POST_MANAGE)
def posts() -> ResponseReturnValue:
    """Every post with its holders."""
    form = PostFilterForm(request.args)
    asked = form.to_input(number_from(request.args.get("pagina")))
    page = queries.posts(asked)
    return shown(
        "posts",
        page=Listing(page),
        form=form,
        holders=queries.holders(post.id for post in page.items),
        is_current=queries.is_current,
        active=sum(bool(v) for v in (asked.text, asked.role, asked.held)),
    )


@bp.route("/direccion/puestos/nuevo", methods=["GET", "POST"])
@requires(Permission.POST_MANAGE, form=True)
def new_post() -> ResponseReturnValue:
    """Make a post."""
    form = PostForm(organisations=[(str(i), name) for i, name in queries.organisations()])
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("post_new", status, form=form)
    asked = form.to_input()
    try:
        post = services.create_post(
            asked.title, asked.role, sector=asked.sector, actor_id=asked.actor_id, by=principal()
        )
    except SHOWN as error:
        return shown("post_new", put_error(form, error), form=form)
    flash(_("El puesto quedó creado. Ahora invite a quien lo ocupará."), "success")
    return _to(post)


def _to(post: Post) -> ResponseReturnValue:
    return redirect(url_for("accounts.post_page", code=post.code), HTTPStatus.SEE_OTHER)


@bp.route("/direccion/puestos/<slug:code>")
@requires(Permission.POST_MANAGE)
def post_page(code: str) -> ResponseReturnValue:
    """One post, its history, an invitation."""
    return _page(queries.post_by_code(code))


def _page(post: Post, status: int = HTTPStatus.OK, **forms: Any) -> Response:
    """The page with its two forms; a refused one is given as it was typed (``ending``: for which holding)."""
    return shown(
        "post",
        status,
        post=post,
        holdings=queries.holders([post.id])[post.id],
        is_current=queries.is_current,
        today=clock.today(),
        **{
            "invite": InviteForm(formdata=None),
            "end": EndForm(formdata=None, until=clock.today()),
            "ending": None,
            **forms,
        },
    )


@bp.route("/direccion/puestos/<slug:code>/invitar", methods=["POST"])
@requires(Permission.POST_MANAGE, form=True)
def invite(code: str) -> ResponseReturnValue:
    """Send an invitation to the post."""
    post, form = queries.post_by_code(code), InviteForm()
    if not form.validate():
        return _page(post, HTTPStatus.UNPROCESSABLE_ENTITY, invite=form)
    try:
        limits.hit(policy.INVITATIONS, str(principal().user_id), words=policy.wait)
        services.invite(form.email.data or "", post, by=principal())
    except SHOWN as error:
        return _page(queries.post_by_code(code), put_error(form, error), invite=form)
    flash(_("La invitación va en camino a %(email)s.", email=form.email.data), "success")
    return _to(post)


@bp.route("/direccion/puestos/<slug:code>/terminar", methods=["POST"])
@requires(Permission.POST_MANAGE, form=True)
def end_holding(code: str) -> ResponseReturnValue:
    """End a person's holding of the post; the form names which one."""
    post, form = queries.post_by_code(code), EndForm()
    asked = request.form.get("holding", "")
    holding = next((h for h in queries.holders([post.id])[post.id] if str(h.id) == asked), None)
    if holding is None:
        raise NotFound(_l("Esa persona no ocupa este puesto."))
    if not form.validate():
        return _page(post, HTTPStatus.UNPROCESSABLE_ENTITY, end=form, ending=holding.id)
    wish = form.to_input()
    try:
        services.end_holding(holding, until=wish.until, reason=wish.reason, by=principal())
    except SHOWN as error:
        return _page(queries.post_by_code(code), put_error(form, error), end=form, ending=int(asked))
    flash(_("Quedó registrado el fin del encargo."), "success")
    return _to(post)
