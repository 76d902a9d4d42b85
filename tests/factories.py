"""The least that the database accepts, one function a model. No surprises: what is not said is a plain default."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from intake.accounts import queries as accounts
from intake.core import clock
from intake.core.identity import Principal
from intake.core.text import plain, slugify
from intake.extensions import db
from models import (
    Actor,
    Consent,
    Plan,
    Post,
    PostHolding,
    Proposal,
    Stage,
    Territory,
    Theme,
    User,
)
from models.enums import (
    ActorKind,
    ActorStatus,
    PlanStatus,
    ProposalStatus,
    ReviewSector,
    Role,
    StageKind,
    StageStatus,
    TerritoryLevel,
)

_count = itertools.count(1)
#: Days from today on which each stage of `plan()` opens and closes, when that stage is the open one.
SPAN = 30


def save(thing: Any) -> Any:
    """Add and flush."""
    db.session.add(thing)
    db.session.flush()
    return thing


def user(
    *roles: Role,
    name: str = "Persona Ejemplo",
    sector: ReviewSector | None = None,
    actor: Actor | None = None,
    **values: Any,
) -> User:
    """An account with confirmed mail, holding a new post for each role from yesterday on."""
    n = next(_count)
    person = save(
        User(
            email=values.pop("email", f"persona{n}@demo.example"),
            name=name,
            created_at=clock.now(),
            email_confirmed_at=values.pop("email_confirmed_at", clock.now()),
            session_epoch=0,
            **values,
        )
    )
    for role in roles:
        chair = sector or ReviewSector.ACADEMIA if role is Role.REVIEWER else None
        post = save(Post(title=f"{role.value} {n}", role=role, sector=chair, actor_id=actor.id if actor else None))
        save(PostHolding(post_id=post.id, user_id=person.id, since=clock.today() - timedelta(days=1)))
    return person


def principal(user: User) -> Principal:
    """The person as services see them."""
    db.session.flush()
    found = accounts.principal_of(user.id)
    assert found is not None
    return found[0]


def plan(open_stage: StageKind | None = StageKind.RECEPTION, *, code: str | None = None, **values: Any) -> Plan:
    """A plan under way whose ``open_stage`` is open today; those before it are over, those after lie ahead."""
    n = next(_count)
    made = save(
        _in_state(
            Plan,
            {"status": PlanStatus.CO_CREATION, "is_current": True, **values},
            code=code or f"PLAN{n}",
            number=n,
            title_es=f"Plan {n}",
            title_en=f"Plan {n}",
            folio_counter=0,
        )
    )
    kinds = list(StageKind)
    at = kinds.index(open_stage) if open_stage else len(kinds)
    for i, kind in enumerate(kinds):
        start = clock.today() - timedelta(days=5) + timedelta(days=(i - at) * (SPAN + 1))
        save(
            _in_state(
                Stage,
                {"status": StageStatus.PUBLISHED},
                plan_id=made.id,
                kind=kind,
                number=i + 1,
                opens_on=start,
                closes_on=start + timedelta(days=SPAN),
            )
        )
    return made


def theme(code: str | None = None, **values: Any) -> Theme:
    """A theme."""
    n = next(_count)
    return save(
        Theme(**{"code": code or f"tema-{n}", "position": n, "name_es": f"Tema {n}", "name_en": f"Theme {n}", **values})
    )


def territory(code: str | None = None, level: TerritoryLevel = TerritoryLevel.PROVINCE, **values: Any) -> Territory:
    """A place; a province unless said otherwise."""
    code = code or f"{next(_count) % 90 + 10}"
    name = values.pop("name", f"Lugar {code}")
    return save(
        Territory(
            code=code,
            level=level,
            province_code=code[:2],
            path=values.pop("path", f"{code}."),
            name=name,
            name_plain=plain(name),
            **values,
        )
    )


def actor(name: str | None = None, **values: Any) -> Actor:
    """A verified organisation."""
    name = name or f"Organización {next(_count)}"
    given = {"kind": ActorKind.CIVIL_SOCIETY, "status": ActorStatus.VERIFIED, "verified_at": clock.now(), **values}
    if given["status"] is not ActorStatus.VERIFIED:
        given["verified_at"] = None
    return save(_in_state(Actor, given, slug=slugify(name), name=name, name_plain=plain(name), created_at=clock.now()))


def consent(purpose: str = "contact") -> Consent:
    """A consent in force."""
    return save(Consent(purpose=purpose, text_version="2026-11", given_at=clock.now()))


def proposal(of: Plan | None = None, status: ProposalStatus = ProposalStatus.SUBMITTED, **values: Any) -> Proposal:
    """A proposal in any state, with a folio unless it is a draft."""
    of = of or plan()
    given: dict[str, Any] = {"status": status, **values}
    if status is not ProposalStatus.DRAFT:
        of.folio_counter += 1
        given = {
            "folio": f"{of.code}-{of.folio_counter:05d}",
            "folio_number": of.folio_counter,
            "submitted_at": clock.now(),
            **given,
        }
    if status is ProposalStatus.WITHDRAWN:
        given = {"withdrawn_at": clock.now(), **given}
    texts = {
        "title": "Agua limpia para Macas",
        "problem": "El agua llega turbia.",
        "solution": "Publicar los análisis cada mes.",
    }
    return save(_in_state(Proposal, {**texts, **given}, plan_id=of.id, created_at=clock.now(), updated_at=clock.now()))


def _in_state(model: Any, given: dict[str, Any], /, **fixed: Any) -> Any:
    """A new row that begins in the given state, past the guard of its lifecycle where there is one."""
    from intake.core.workflow import _moving

    token = _moving.set(True)
    try:
        return model(**fixed, **given)
    finally:
        _moving.reset(token)


def event(of: Plan | None = None, **values: Any) -> Any:
    """A territorial table in the given plan: held yesterday, or called if it lies ahead."""
    from models import Event
    from models.enums import EventKind, EventStatus

    n = next(_count)
    of = of or plan()
    given = {
        "slug": f"mesa-{n}",
        "kind": EventKind.TERRITORIAL_TABLE,
        "title": f"Mesa {n}",
        "starts_at": clock.now() - timedelta(days=1),
        **values,
    }
    ahead = given["starts_at"] is not None and given["starts_at"] > clock.now()
    given.setdefault("status", EventStatus.CALLED if ahead else EventStatus.HELD)
    if given["status"] is EventStatus.CALLED:
        given.setdefault("called_at", clock.now())
    return save(_in_state(Event, given, plan_id=of.id, created_at=clock.now()))


def contact(of: Actor, *, is_public: bool = False, **values: Any) -> Any:
    """A contact of an actor with a consent in force."""
    from models import ActorContact

    given = {"name": "Persona Contacto", "email": "contacto@demo.example", **values}
    return save(ActorContact(actor_id=of.id, consent_id=consent("actor_contact").id, is_public=is_public, **given))


def campaign(of: Plan | None = None, *, owner: User | None = None, **values: Any) -> Any:
    """An open campaign due in ten days, owned by a facilitator."""
    from models import Campaign

    n = next(_count)
    of = of or plan()
    given = {
        "slug": f"campana-{n}",
        "title": f"Campaña {n}",
        "due_on": clock.today() + timedelta(days=10),
        "owner_id": (owner or user(Role.FACILITATOR)).id,
        **values,
    }
    return save(_in_state(Campaign, given, plan_id=of.id, created_at=clock.now()))


def target(of: Any, who: Actor, *steps: Any) -> Any:
    """An actor of a campaign, identified, with further steps noted by nobody."""
    from intake.mapping.inputs_outreach import furthest
    from models import Target, TargetStep
    from models.enums import OutreachStep

    log = [OutreachStep.IDENTIFIED, *steps]
    made = save(Target(campaign_id=of.id, actor_id=who.id, step=furthest(log), since=clock.now()))
    for step in log:
        save(TargetStep(target_id=made.id, step=step, at=clock.now()))
    return made


def body(of: Plan | None = None, *, seats: int = 0, sectors: Any = (), **values: Any) -> Any:
    """A Core Group; one seat for each of ``sectors``, or ``seats`` of them with the sectors in turn."""
    from intake.mapping.queries import council
    from models import Body, BodyMember
    from models.enums import BodyKind

    of = of or plan()
    kind = values.pop("kind", BodyKind.CORE_GROUP)
    made = save(Body(plan_id=of.id, kind=kind))
    turns = sectors or [list(ReviewSector)[n % 3] for n in range(seats)]
    for position, sector in enumerate(turns, 1):
        save(BodyMember(body_id=made.id, actor_id=actor().id, position=position, sector=sector, **values))
    slug = {BodyKind.CORE_GROUP: "grupo-nucleo", BodyKind.WORKING_GROUP: "grupo-de-trabajo"}[kind]
    db.session.expire_all()
    return council.body(of.code, slug)


def delegation(**values: Any) -> Any:
    """Somebody who speaks for a seat as principal, from a hundred days ago on."""
    from intake.mapping.inputs_council import DelegateInput
    from models.enums import Seat

    n = next(_count)
    since = clock.today() - timedelta(days=100)
    return DelegateInput(**{"seat": Seat.PRINCIPAL, "name": f"Persona {n}", "since": since, **values})


def meeting(of: Any, **values: Any) -> Any:
    """A meeting of a body, called for tomorrow."""
    from models import Meeting
    from models.enums import MeetingStatus

    n = next(_count)
    given = {"status": MeetingStatus.CALLED, "starts_at": clock.now() + timedelta(days=1), **values}
    if given["status"] is MeetingStatus.PUBLISHED:
        given = {"published_at": clock.now(), "minutes": "Se conversó.", **given}
    texts = {"title": f"Reunión {n}", "place": "Quito", "agenda": "Conversar."}
    return save(_in_state(Meeting, {**texts, **given}, body_id=of.id, number=n, created_at=clock.now()))


def sitting(of: Any) -> Any:
    """Every seat of the meeting's body is there, sat in by the first of its delegates in term that day."""
    from intake.mapping import seating
    from intake.mapping.inputs_council import SITS
    from intake.mapping.queries import council
    from models import MeetingPresence
    from models.enums import Presence

    day = clock.local(of.starts_at).date()
    for member in seating.seats_on(council.seats(of.body_id).values(), day):
        who = next(iter(seating.speaking(member, day)), None)
        presence = SITS[who.seat] if who else Presence.ABSENT
        key = who.id if who else None
        save(MeetingPresence(meeting_id=of.id, member_id=member.id, delegate_id=key, presence=presence))
    return of
