"""Who is asking, and what a route demands. Every view is `requires` or `public`; a test walks the URL map.

The only module that imports ``current_user``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask import g, session
from flask_login import UserMixin, current_user

from intake.core.identity import GUEST, Principal, code_mark
from intake.core.permissions import Permission, authorize
from intake.web import again

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import Proposal

P = ParamSpec("P")
R = TypeVar("R")
CLAIMS = "claims"
MAX_CLAIMS = 30


@dataclass(frozen=True)
class Access:
    """What a view declared. ``permission`` None is public; ``form`` views check a form and show it again on errors.

    ``reusable`` and ``alike`` say who may be given a kept answer; see `public`. ``files``: more bytes may come in, so
    that a file that is too large can be refused on its page, with the text that came beside it.
    """

    permission: Permission | None
    form: bool = False
    reusable: bool = False
    alike: bool = False
    unless: str = ""
    files: bool = False


class SignedIn(UserMixin):
    """What Flask-Login keeps: the principal, and an identity that dies when the account is signed out everywhere."""

    def __init__(self, principal: Principal, epoch: int) -> None:
        self.principal = principal
        self.epoch = epoch

    def get_id(self) -> str:
        """``<user id>.<epoch>``, kept in the signed session cookie."""
        return f"{self.principal.user_id}.{self.epoch}"


def principal() -> Principal:
    """Who is asking: the signed-in person or a guest, with the proposals this browser has opened by code."""
    if "principal" not in g:
        known = current_user.principal if current_user.is_authenticated else GUEST
        kept = _claims()
        opened = {"claims": frozenset(kept), "marks": frozenset(kept.items())}
        g.principal = dataclasses.replace(known, **opened) if kept else known
    return g.principal  # type: ignore[no-any-return]


def remember_claim(proposal: Proposal) -> None:
    """Let this browser go on opening a guest's proposal, until the session ends or the proposal has another code."""
    kept = [pair for pair in _claims().items() if pair[0] != proposal.id]
    kept = [*kept[-(MAX_CLAIMS - 1) :], (proposal.id, code_mark(proposal.claim_code_hash))]
    session[CLAIMS] = [list(pair) for pair in kept]
    g.pop("principal", None)


def _claims() -> dict[int, str]:
    """Proposals opened by this browser, the first one first, with the mark of the code. A bare key: before any code."""
    kept = session.get(CLAIMS, ())
    pairs = (one if isinstance(one, (list, tuple)) else (one, "") for one in kept)
    return {int(key): str(mark) for key, mark in pairs}


def requires(
    permission: Permission, *, load: Callable[..., Any] | None = None, form: bool = False, files: bool = False
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Demand a permission, on the subject that ``load`` finds from the URL's arguments (it raises `NotFound`).

    With ``load`` the view receives the subject and no other argument than those it names itself after it.
    """

    def decorate(view: Callable[..., R]) -> Callable[..., R]:
        @wraps(view)
        def guarded(**arguments: Any) -> R:
            def enter() -> tuple[Any, ...]:
                subject = () if load is None else (load(**arguments),)
                authorize(principal(), permission, *subject)
                return subject

            def call(*subject: Any) -> R:
                return view(*subject) if subject else view(**arguments)

            return again.run(enter, call) if form else call(*enter())

        guarded.access = Access(permission, form=form, files=files)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(
    *, form: bool = False, reusable: bool = False, alike: bool = False, unless: str = "", files: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say that anybody may. ``reusable``: a guest's page may be answered from memory while no data changed.

    ``alike``: so may everybody's, because it differs only in the parts of its frame (`intake.web.frame`); the view is
    then run as for a guest. With the argument named ``unless`` in the address the page is the reader's own.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def shown(*args: P.args, **kwargs: P.kwargs) -> R:
            return again.run(tuple, lambda: view(*args, **kwargs))  # type: ignore[no-any-return]

        chosen = shown if form else view
        chosen.access = Access(None, form, reusable, alike, unless, files)  # type: ignore[attr-defined]
        return chosen

    return decorate


def access_of(view: Any) -> Access | None:
    """What a view declared, None if nothing."""
    return getattr(view, "access", None)
