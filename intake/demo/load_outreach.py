"""Two campaigns of the demonstration: one closed with what came of it, one under way with actors in each step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from intake.mapping import campaigns, invitations, mailings, outreach_steps
from intake.mapping.inputs_outreach import INVITATION, AnswerInput, CampaignInput, LetterInput, StepInput
from intake.mapping.queries import outreach, targets
from models import OutboxMessage
from models.enums import ContactChannel as Channel
from models.enums import OutreachStep as S

if TYPE_CHECKING:
    from intake.demo.world import World

CLOSED, OPEN = "macas-que-venga-quien-vive-del-rio", "galapagos-agua-y-pesca"
_OWNER = "facilitacion@demo.example"
_MACAS = (
    "colectivo-voces-ficticias-del-upano",
    "consejo-ejemplo-de-justicia-propia",
    "federacion-ficticia-de-mujeres-de-lago-agrio",
    "programa-demostracion-de-cooperacion-territorial",
)
#: The second and the third have proposed already: the system notes it by itself.
_GALAPAGOS = (
    "colectivo-ficticio-agua-buena-de-santa-cruz",
    "cooperativa-pesquera-ejemplo-puerto-sereno",
    "asociacion-ejemplo-de-concheras-del-manglar",
    "radio-comunitaria-ficticia-la-marimba",
    "comite-ficticio-de-vecinos-de-zaruma",
    "universidad-demostracion-de-la-sierra-norte",
)
_LATER = "guardianes-ejemplo-del-bobonaza"
#: Who says yes from the mail.
_ANSWERS = "joselyn.ficticia.altamirano@demo.example"
#: What the team noted: campaign, days from today, hour, actor, step, channel, note.
_NOTED = (
    (CLOSED, -56, 9.0, _MACAS[0], S.CONTACTED, Channel.PHONE, "Piden que haya traducción al shuar."),
    (CLOSED, -56, 9.5, _MACAS[1], S.CONTACTED, Channel.RADIO, ""),
    (CLOSED, -55, 11.0, _MACAS[2], S.CONTACTED, Channel.PHONE, ""),
    (CLOSED, -55, 12.0, _MACAS[3], S.CONTACTED, Channel.MAIL, ""),
    (CLOSED, -54, 9.0, _MACAS[0], S.CONFIRMED, Channel.PHONE, ""),
    (CLOSED, -53, 10.0, _MACAS[1], S.CONFIRMED, Channel.VISIT, ""),
    (CLOSED, -52, 9.0, _MACAS[2], S.DECLINED, Channel.PHONE, "La mesa queda a doce horas de camino."),
    (CLOSED, -47, 17.0, _MACAS[0], S.ATTENDED, None, ""),
    (CLOSED, -47, 17.1, _MACAS[1], S.ATTENDED, None, ""),
    (OPEN, -6, 10.0, _GALAPAGOS[5], S.CONFIRMED, Channel.PHONE, "Vendrá quien dirige el laboratorio de aguas."),
    (
        OPEN,
        -5,
        11.0,
        _GALAPAGOS[4],
        S.DECLINED,
        Channel.PHONE,
        "No tienen cómo pagar el viaje; piden una mesa virtual.",
    ),
    (OPEN, -3, 9.0, _GALAPAGOS[5], S.CONTACTED, Channel.MEETING, "Estuvo en la reunión previa."),
)


def outreach_campaigns(world: World) -> None:
    """Both campaigns on their days, through the services."""
    world.at(-57, 9, partial(_macas, world))
    world.at(-40, 9, partial(_close, world))
    world.at(-11, 9, partial(_galapagos, world))
    world.at(-10, 9, partial(_write, world))
    world.at(-8, 19, _answer)
    world.at(-7, 9, partial(_add_one, world))
    world.at(-1, 16, partial(_invite_to_the_table, world))
    for slug, offset, hour, actor, step, channel, note in _NOTED:
        world.at(offset, hour, partial(_note, world, slug, actor, StepInput(step=step, channel=channel, note=note)))


def _macas(world: World) -> None:
    given = CampaignInput(
        title="Macas: que venga quien vive del río",
        purpose="En Morona Santiago faltaban organizaciones de nacionalidades y de jóvenes en los temas de justicia.",
        due_on=world.day(-45),
        plan_code="PAGA3",
        owner=_OWNER,
        theme="justicia-abierta",
        territory="14",
        event="mesa-macas",
        slug=CLOSED,
    )
    _begin(world, given, _MACAS)


def _close(world: World) -> None:
    outcome = (
        "De cuatro organizaciones vinieron dos, y con ellas la traducción al shuar que pidieron. Una no pudo por la "
        "distancia: conviene una mesa en Nueva Loja. Una no respondió."
    )
    campaigns.move_campaign(outreach.campaign(CLOSED), "close", by=world.who("facilitacion"), reason=outcome)


def _galapagos(world: World) -> None:
    given = CampaignInput(
        title="Galápagos: agua y pesca",
        purpose="Hay una sola organización de la provincia en estos temas. La mesa de Puerto Ayora es la ocasión.",
        due_on=world.day(7),
        plan_code="PAGA3",
        owner=_OWNER,
        theme="ambiente-agua",
        territory="20",
        slug=OPEN,
    )
    _begin(world, given, _GALAPAGOS)


def _invite_to_the_table(world: World) -> None:
    """Once the table is announced, the campaign leads to it."""
    campaign = outreach.campaign(OPEN)
    given = CampaignInput(
        title=campaign.title,
        purpose=campaign.purpose,
        due_on=campaign.due_on,
        plan_code="PAGA3",
        owner=_OWNER,
        theme="ambiente-agua",
        territory="20",
        event="mesa-puerto-ayora",
    )
    campaigns.edit_campaign(campaign, given, by=world.who("facilitacion"))


def _begin(world: World, given: CampaignInput, actors: tuple[str, ...]) -> None:
    by = world.who("facilitacion")
    campaigns.add_targets(campaigns.create_campaign(given, by=by), actors, by=by)


def _write(world: World) -> None:
    """Invitations to two of them; the others are reached in other ways, or not yet."""
    campaign, by = outreach.campaign(OPEN), world.who("facilitacion")
    words = "Queremos hablar de quién mide el agua que llega a las casas, y de cómo se publican los permisos de pesca."
    letter = LetterInput(template=INVITATION, words=words)
    mailing = mailings.start(campaign, letter, number=1, by=by)
    mailings.continue_mailing(mailing, by=by)


def _answer() -> None:
    """One of them says yes from the mail."""
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == INVITATION, OutboxMessage.to_address == _ANSWERS)
    link = str(db.session.scalars(query).one().context["link"])
    token = link.rpartition("/")[2].partition("?")[0]
    invitations.confirm(invitations.by_token(token), AnswerInput(people=2), token=token)


def _add_one(world: World) -> None:
    """Somebody whom nobody has written to yet."""
    campaigns.add_targets(outreach.campaign(OPEN), [_LATER], by=world.who("facilitacion"))


def _note(world: World, slug: str, actor: str, given: StepInput) -> None:
    campaign = outreach.campaign(slug)
    target = targets.target(campaign, actor)
    outreach_steps.note_step(campaign, target, given, by=world.who("facilitacion"))
