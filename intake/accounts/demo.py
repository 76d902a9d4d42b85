"""The accounts of the demonstration: eleven addresses, one password, entered with one click on the sign-in page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from intake.accounts import passwords, queries, services
from intake.core import clock
from intake.core.i18n import Text
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from models import User
from models.enums import ReviewSector, Role


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """One of them.

    ``key`` is the part before the @ and, with hyphens for points, the piece of the address that enters.
    """

    key: str
    name: str
    title: str  # of the post, as data
    role: Role
    sector: ReviewSector | None = None
    what: Text  # what one can do with it, on the button's side
    held_for_days: int = 200

    @property
    def email(self) -> str:
        """Its address."""
        return f"{self.key}@demo.example"

    @property
    def slug(self) -> str:
        """The piece of the address that enters."""
        return self.key.replace(".", "-")


#: Names are obviously invented; those and the titles are the ones of the demonstration plan's data (paga3.json).
ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(
        key="ciudadania",
        name="Rosa Ejemplo Quishpe",
        title="Ciudadana",
        role=Role.CITIZEN,
        what=_l("Propone y sigue sus propuestas"),
    ),
    DemoAccount(
        key="facilitacion",
        name="Marco Ficticio Lema",
        title="Facilitador territorial",
        role=Role.FACILITATOR,
        what=_l("Registra actores y mesas"),
    ),
    DemoAccount(
        key="analisis",
        name="Inés Modelo Carrión",
        title="Analista de gobierno abierto",
        role=Role.ANALYST,
        what=_l("Admite propuestas"),
    ),
    DemoAccount(
        key="revision.estado",
        name="Hugo Ejemplo Montalvo",
        title="Revisor por el Estado",
        role=Role.REVIEWER,
        sector=ReviewSector.GOVERNMENT,
        what=_l("Evalúa por el sector público"),
    ),
    DemoAccount(
        key="revision.sociedad",
        name="Nina Ficticia Tenesaca",
        title="Revisora por la sociedad civil",
        role=Role.REVIEWER,
        sector=ReviewSector.CIVIL_SOCIETY,
        what=_l("Evalúa por la sociedad civil"),
    ),
    DemoAccount(
        key="revision.academia",
        name="Tomás Prueba Aguinaga",
        title="Revisor por la academia",
        role=Role.REVIEWER,
        sector=ReviewSector.ACADEMIA,
        what=_l("Evalúa por la academia"),
    ),
    DemoAccount(
        key="nucleo",
        name="Amparo Ficticia Yánez",
        title="Delegada al Grupo Núcleo",
        role=Role.CORE_GROUP,
        what=_l("Decide qué entra en el plan"),
    ),
    DemoAccount(
        key="direccion",
        name="Ricardo Ejemplo Almendáriz",
        title="Director de Gobierno Abierto",
        role=Role.DIRECTORATE,
        held_for_days=90,
        what=_l("Conduce todo el proceso"),
    ),
    DemoAccount(
        key="institucion",
        name="Gladys Modelo Pazmiño",
        title="Punto focal de la institución",
        role=Role.INSTITUTION,
        what=_l("Firma y reporta avances"),
    ),
    DemoAccount(
        key="contraparte",
        name="Saúl Ficticio Caluña",
        title="Coordinador de la contraparte",
        role=Role.COUNTERPART,
        what=_l("Confirma o disputa los avances"),
    ),
    DemoAccount(
        key="observacion",
        name="Vera Ejemplo Stacey",
        title="Observadora internacional",
        role=Role.OBSERVER,
        what=_l("Mira todo sin cambiar nada"),
    ),
)
BY_SLUG = {account.slug: account for account in ACCOUNTS}


def shared_password(instance_path: str) -> str:
    """The demonstration's password, made once for each installation and kept beside its database."""
    path = Path(instance_path) / "demo-password"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = "demo-" + "-".join(secrets.token_hex(2) for _ in range(3))
        try:
            with path.open("x", encoding="ascii") as file:
                file.write(made)
        except FileExistsError:  # another process was faster
            return path.read_text(encoding="ascii").strip()
        return made


def ensure_demo_accounts(actors_by_role: dict[str, int], *, password: str) -> list[User]:
    """The eleven accounts with their posts, made where they are missing.

    ``actors_by_role`` binds a role's post to an organisation; ``institution`` and ``counterpart`` are required keys.
    The password is hashed once for all: it is public anyway.
    """
    stored = passwords.hashed(password)
    with transaction():
        return [_ensure(account, actors_by_role.get(account.role.value), stored) for account in ACCOUNTS]


def _ensure(account: DemoAccount, actor_id: int | None, stored: str) -> User:
    known = queries.user_by_email(account.email)
    if known is not None:
        known.password_hash = stored
        return known
    person = services.add_user(
        account.email, account.name, password_hash=stored, by=SYSTEM, confirmed=True, is_demo=True
    )
    if account.role is not Role.CITIZEN:
        post = services.create_post(account.title, account.role, sector=account.sector, actor_id=actor_id, by=SYSTEM)
        since = clock.today() - timedelta(days=account.held_for_days)
        services.grant_post(person, post, since=since, by=SYSTEM)
    return person
