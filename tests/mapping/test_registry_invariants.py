"""What `flask check` asks of the registry: each invariant is quiet on good data and names what breaks it."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import merging
from intake.mapping.inputs import MergeInput
from intake.reports import invariants_registry as registry
from models import Actor, ActorContact, ActorMerge, Consent, Post
from models.enums import ActorKind, GovernmentLevel, Role
from tests import factories as make


def test_a_contact_is_shown_and_kept_with_a_consent_only(app):
    one, two, three = (make.actor(name) for name in ("Uno", "Dos", "Tres"))
    shown, kept = make.contact(one, is_public=True), make.contact(two)
    make.contact(three, is_public=True)
    assert registry.contacts_have_consent() == []
    for contact in (shown, kept):
        db.session.get(Consent, contact.consent_id).revoked_at = clock.now()
    db.session.flush()
    assert registry.contacts_have_consent() == ["dos", "uno"]
    db.session.execute(sa.update(ActorContact).values(email=None, is_public=False))
    assert registry.contacts_have_consent() == []
    db.session.execute(sa.update(Consent).values(revoked_at=None, purpose="newsletter"))
    db.session.execute(sa.update(ActorContact).where(ActorContact.id == shown.id).values(is_public=True))
    assert registry.contacts_have_consent() == ["uno"]


def joined():
    kept, other = make.actor("Queda"), make.actor("Otra")
    merging.merge(kept, other, MergeInput(reason="x"), by=SYSTEM)
    return kept, other


def test_a_joined_record_leads_to_a_live_one_with_a_trace(app):
    joined()
    assert registry.joined_lead_on() == []
    db.session.execute(sa.delete(ActorMerge))
    assert registry.joined_lead_on() == ["otra"]


def test_a_chain_is_found(app):
    kept, other = joined()
    third = make.actor("Tercera")
    merging.merge(third, kept, MergeInput(reason="x"), by=SYSTEM)
    assert registry.joined_lead_on() == []
    db.session.execute(sa.update(Actor).where(Actor.id == other.id).values(merged_into_id=kept.id))
    assert registry.joined_lead_on() == ["otra"]
    assert registry.joined_hold_nothing() == ["actor.merged_into_id"]


def test_nothing_points_at_a_joined_record(app):
    kept, other = joined()
    make.user(Role.COUNTERPART, actor=kept)
    assert registry.joined_hold_nothing() == []
    db.session.execute(sa.update(Post).values(actor_id=other.id))
    assert registry.joined_hold_nothing() == ["post.actor_id"]


def test_only_the_state_governs(app):
    make.actor("Ministerio", kind=ActorKind.PUBLIC_INSTITUTION, level=GovernmentLevel.NATIONAL)
    assert registry.state_is_of_the_state() == []
    make.actor("Colectivo", level=GovernmentLevel.PARISH)
    assert registry.state_is_of_the_state() == ["colectivo"]
