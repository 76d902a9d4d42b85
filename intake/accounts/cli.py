"""Commands: ``flask users …``. Exit 0 only when it was done; what went wrong is one line on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from flask.cli import AppGroup

from intake.core.errors import IntakeError
from intake.web.console import json_option, say
from models.enums import ReviewSector, Role

P = ParamSpec("P")
R = TypeVar("R")
group = AppGroup("users", help="Accounts and the roles that people hold through posts.")

ROLE = click.Choice([r.value for r in Role])
SECTOR = click.Choice([s.value for s in ReviewSector])


def refusals(call: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal of the rules into one line and exit status 1."""

    @wraps(call)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except IntakeError as error:
            raise click.ClickException(str(error.message)) from error

    return guarded


def _kind(role: str, sector: str | None, actor: str | None) -> dict[str, Any]:
    """The kind of post that the options describe."""
    from intake.accounts import queries

    return {
        "role": Role(role),
        "sector": ReviewSector(sector) if sector else None,
        "actor_id": queries.actor_by_slug(actor).id if actor else None,
    }


def _grant(user: Any, kind: dict[str, Any]) -> None:
    from intake.accounts import queries, services
    from intake.core import clock
    from intake.core.identity import SYSTEM
    from intake.core.labels import label

    if kind["role"] is Role.CITIZEN:
        return
    if queries.current_holdings(user.id, kind["role"], kind["sector"]):
        raise click.ClickException(f"{user.email} already holds the role {kind['role'].value}.")
    post = services.vacant_or_new_post(title=label(kind["role"]), by=SYSTEM, **kind)
    services.grant_post(user, post, since=clock.today(), by=SYSTEM)


@group.command("create")
@click.argument("email")
@click.option("--role", type=ROLE, default=Role.CITIZEN.value, show_default=True, help="What the account may do.")
@click.option("--sector", type=SECTOR, help="Reviewers: the sector they review for.")
@click.option("--actor", metavar="SLUG", help="Institutions and counterparts: their organisation in the registry.")
@click.option("--name", default="", help="The person's name; the invited person can change it.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input instead of printing a link.")
@json_option
@refusals
def create(
    email: str, role: str, sector: str | None, actor: str | None, name: str, *, password_stdin: bool, as_json: bool
) -> None:
    """Make an account; print a one-time link (7 days) by which its owner enters."""
    from intake.accounts import services
    from intake.core import mail
    from intake.core.identity import SYSTEM
    from intake.core.transaction import transaction

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with transaction():
        kind = _kind(role, sector, actor)
        user = services.create_user(email, name, password=password, by=SYSTEM, confirmed=password_stdin)
        _grant(user, kind)
        link = "" if password_stdin else mail.url_of(services.open_account(user, by=SYSTEM))
    say(link or f"{user.email} can sign in.", as_json=as_json, email=user.email, role=role, link=link or None)


@group.command("grant")
@click.argument("email")
@click.option("--role", type=ROLE, required=True)
@click.option("--sector", type=SECTOR)
@click.option("--actor", metavar="SLUG")
@json_option
@refusals
def grant(email: str, role: str, sector: str | None, actor: str | None, *, as_json: bool) -> None:
    """Let a person hold a post with this role from today on."""
    from intake.accounts import queries
    from intake.core.transaction import transaction

    if role == Role.CITIZEN.value:
        raise click.ClickException("Every account is a citizen's; there is nothing to grant.")
    with transaction():
        user = queries.account(email)
        _grant(user, _kind(role, sector, actor))
    say(f"{user.email}: {role} granted.", as_json=as_json, email=user.email, granted=role)


@group.command("revoke")
@click.argument("email")
@click.option("--role", type=ROLE, required=True)
@click.option("--reason", default="Revocado desde la línea de órdenes", show_default=True)
@json_option
@refusals
def revoke(email: str, role: str, reason: str, *, as_json: bool) -> None:
    """End, at once, every holding that gives a person this role; the history stays."""
    from intake.accounts import queries, services
    from intake.core import clock
    from intake.core.identity import SYSTEM
    from intake.core.transaction import transaction

    with transaction():
        user = queries.account(email)
        held = queries.current_holdings(user.id, Role(role))
        if not held:
            raise click.ClickException(f"{user.email} does not hold the role {role}.")
        for holding in held:
            services.end_holding(holding, until=clock.today(), reason=reason, by=SYSTEM)
    say(f"{user.email}: {role} revoked.", as_json=as_json, email=user.email, revoked=role, holdings=len(held))


@group.command("list")
@json_option
def list_users(*, as_json: bool) -> None:
    """Print every account with the roles that it holds today."""
    from intake.accounts import queries

    rows = queries.accounts_with_roles()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        roles = ", ".join(f"{r['role']}:{r['sector']}" if r["sector"] else r["role"] for r in row["roles"])
        state = "" if row["confirmed"] else "\tunconfirmed"
        click.echo(f"{row['email']}\t{row['name']}\t{roles or 'citizen'}{state}")
