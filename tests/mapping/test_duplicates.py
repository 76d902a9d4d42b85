"""Records that may be one organisation: what is suggested, why, to whom, and the one thing that is refused."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Forbidden, Invalid
from intake.core.identity import GUEST, SYSTEM
from intake.core.text import plain
from intake.extensions import db
from intake.mapping import apart, duplicates, likely_pairs, services
from intake.mapping.duplicates import Probe
from intake.mapping.inputs import ActorInput, ContactInput
from intake.mapping.likeness import Why, domain_of, host_of, name_likeness, tokens_of
from models import Actor, AuditEntry
from models.enums import ActorKind, ActorStatus, Role
from tests import factories as make

RUC, OTHER_RUC = "1792060346001", "1760001550001"


def found(public=False, **values):
    return [(one.actor.name, list(one.why)) for one in duplicates.suggestions(Probe(**values), public=public)]


def given(**values):
    return ActorInput(**{"name": "Fundación Río Claro", "kind": ActorKind.CIVIL_SOCIETY, **values})


def test_alike_names_and_acronyms_are_found_and_others_are_not(app):
    make.actor("Fundación Ciudadanía y Desarrollo", acronym="FCD")
    make.actor("Fundación de los Bosques Nublados")
    pending = make.actor("Fundación Ciudadania y Desarollo de Loja", status=ActorStatus.PENDING)
    assert found(public=True, name="Fundacion Ciudadania y Desarrollo") == [
        ("Fundación Ciudadanía y Desarrollo", [Why.NAME])
    ]
    assert found(public=True, name="fcd") == [("Fundación Ciudadanía y Desarrollo", [Why.NAME])]
    assert [name for name, _why in found(name="Ciudadanía y Desarrollo")][-1] == pending.name
    for odd in ("Cooperativa Minga", "%", "", "de la"):
        assert found(name=odd) == []


def test_a_name_of_a_common_kind_does_not_hide_the_right_one(app):
    for n in range(320):
        make.actor(f"Fundación Palabra{n} Distinta{n}")
    make.actor("Fundación Amazonía Viva")
    assert found(name="Fundacion Amazonia Viva") == [("Fundación Amazonía Viva", [Why.NAME])]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"ruc": RUC}, Why.RUC),
        ({"website": "http://rio.example/quienes"}, Why.SITE),
        ({"emails": ("otra@rio.example",)}, Why.DOMAIN),
    ],
)
def test_number_site_and_mail_tell_too(app, values, why):
    actor = make.actor("Nombre Sin Parecido", ruc=RUC, website="https://www.rio.example/")
    make.contact(actor, email="rosa@rio.example", is_public=True)
    assert found(name="Zorro", **values) == [("Nombre Sin Parecido", [why])]
    assert found(name="Zorro", ids=frozenset({actor.id}), **values) == []


def test_the_public_learns_nothing_of_what_is_not_public(app):
    waiting = make.actor("Colectivo Uno", ruc=RUC, status=ActorStatus.PENDING)
    shown = make.actor("Colectivo Dos")
    make.contact(shown, email="rosa@reservado.example")
    assert found(public=True, name="Colectivo Uno", ruc=RUC) == []
    assert found(public=True, name="Zorro", emails=("x@reservado.example",)) == []
    assert found(name="Zorro", emails=("x@reservado.example",)) == [(shown.name, [Why.DOMAIN])]
    assert found(name="Zorro", ruc=RUC) == [(waiting.name, [Why.RUC])]


def test_what_many_share_tells_nothing():
    assert [domain_of(m) for m in ("a@gmail.com", "a@HOTMAIL.com", None, "")] == [""] * 4
    assert domain_of("a@Rio.Example") == "rio.example"
    assert [host_of(w) for w in ("https://www.facebook.com/rio", "https://x.blogspot.com", None, "http://[")] == [
        ""
    ] * 4
    assert host_of("https://www.rio.example/a?b") == "rio.example"


def test_numbers_in_names_keep_them_apart():
    one, other = (tokens_of(plain(f"Escuela {n} de Octubre")) for n in (9, 12))
    assert name_likeness(one, other) == 0
    assert name_likeness(one, one) == 1


def test_a_verified_number_is_refused_unless_it_is_said_why(app, as_principal):
    make.actor("Verificada", ruc=RUC)
    analyst = as_principal(make.user(Role.ANALYST))
    db.session.commit()  # what is refused rolls back
    with pytest.raises(Invalid) as error:
        services.create_actor(given(ruc=RUC), by=analyst)
    assert error.value.field == "distinct_reason" and "Verificada" in str(error.value.message)
    made = services.create_actor(given(ruc="179 206 0346-001", distinct_reason="Es la filial de Loja."), by=analyst)
    assert made.ruc == RUC
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "actor.distinct")).one()
    assert (entry.subject_ref, entry.changes, entry.reason) == (
        made.slug,
        {"other": "verificada"},
        "Es la filial de Loja.",
    )
    assert services.move_actor(made, "verify", by=analyst).status is ActorStatus.VERIFIED
    services.edit_actor(_loaded(made), given(name="Con otro nombre", ruc=RUC), by=analyst)  # nothing new to explain


def _loaded(actor):
    from intake.mapping import queries

    db.session.flush()
    return queries.actor(actor.slug)


def test_a_number_of_a_record_that_waits_refuses_nothing(app):
    make.actor("Pendiente", ruc=RUC, status=ActorStatus.PENDING)
    assert services.create_actor(given(ruc=RUC), by=SYSTEM).ruc == RUC


def test_an_edit_to_a_verified_number_is_refused_too(app):
    make.actor("Verificada", ruc=RUC)
    mine = _loaded(make.actor("Otra"))
    with pytest.raises(Invalid):
        services.edit_actor(mine, given(ruc=RUC), by=SYSTEM)


def test_the_public_may_go_on_and_the_team_must_decide(app):
    other = make.actor("Verificada", ruc=RUC)
    made = services.self_register(given(ruc=RUC), ContactInput(name="Rosa", email="r@demo.example"), by=GUEST)
    assert made.status is ActorStatus.PENDING
    with pytest.raises(Invalid) as error:
        services.move_actor(made, "verify", by=SYSTEM)
    assert "Verificada" in str(error.value.message)
    apart.mark_distinct(made, other, "Dos sedes.", by=SYSTEM)
    services.move_actor(made, "verify", by=SYSTEM)
    assert made.status is ActorStatus.VERIFIED


def names(pairs):
    return [(*sorted((pair.one.name, pair.other.name)), sorted(pair.why)) for pair in pairs]


def test_likely_pairs_say_why_the_likeliest_first(app):
    a = make.actor("Colectivo Río Limpio del Upano", ruc=RUC)
    b = make.actor("Río Limpio del Upano", ruc=RUC, status=ActorStatus.PENDING)
    c = make.actor("Cámara Norte", website="https://camara.example")
    d = make.actor("Gremio Sur", website="http://www.camara.example/sur")
    make.contact(c, email="a@gremios.example")
    make.contact(d, email="b@gremios.example")
    make.actor("Rechazada", ruc=RUC, status=ActorStatus.REJECTED)
    make.contact(make.actor("Zeta Uno"), email="a@gmail.com")
    make.contact(make.actor("Omega Dos"), email="b@gmail.com")
    assert names(likely_pairs.likely_pairs()) == [
        (a.name, b.name, [Why.NAME, Why.RUC]),
        (c.name, d.name, [Why.DOMAIN, Why.SITE]),
    ]


def test_two_said_to_be_distinct_do_not_come_back(app, as_principal):
    one, other = make.actor("Colectivo Río", ruc=RUC), make.actor("El Río", ruc=RUC)
    with pytest.raises(Forbidden):
        apart.mark_distinct(one, other, "x", by=as_principal(make.user(Role.FACILITATOR)))
    with pytest.raises(Invalid):
        apart.mark_distinct(one, other, "  ", by=SYSTEM)
    db.session.commit()
    assert len(likely_pairs.likely_pairs()) == 1
    apart.mark_distinct(other, one, "Dos cantones.", by=SYSTEM)
    assert likely_pairs.likely_pairs() == []
    assert duplicates.like(one) == []
    apart.mark_distinct(make.actor("Gremio Sur"), make.actor("Gremio Norte"), "Dos gremios.", by=SYSTEM)
    pair = frozenset({one.slug, other.slug})
    assert apart.told_apart() == {pair, frozenset({"gremio-sur", "gremio-norte"})}
    assert apart.told_apart(one.slug) == apart.told_apart(other.slug) == {pair}
    assert apart.told_apart("gremio") == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_pairs_take_three_statements(app, count_queries, rows):
    for n in range(rows):
        for _twice in range(2):
            services.create_actor(given(name=f"Colectivo {chr(97 + n) * 6}"), by=SYSTEM)
    db.session.expire_all()
    with count_queries() as seen:
        page = likely_pairs.pairs()
    assert (page.total, len(seen)) == (rows, 3)


def test_twenty_thousand_records_are_never_compared_each_with_each(app, monkeypatch):
    kinds = ["Fundación", "Asociación", "Junta de Agua", "Cooperativa", "Comuna", "Red", "Colectivo", "GAD Parroquial"]
    syllables = ["ma", "ri", "ko", "tu", "pe", "la", "shi", "wa", "chu", "no", "qui", "sa", "lem", "bor", "du", "fi"]

    def word(n):
        return "".join(syllables[(n >> (4 * k)) & 15] for k in range(3))

    now = clock.now()
    rows = []
    for n in range(20_000):
        name = f"{kinds[n % 8]} {word(n * 7919 % 3989)} {word(n * 104_729 % 3571)} de {word(n % 397)}"
        rows.append(
            {
                "slug": f"actor-{n}",
                "name": name,
                "name_plain": plain(name),
                "kind": ActorKind.COMMUNITY,
                "status": ActorStatus.PENDING,
                "created_at": now,
                "website": f"https://sitio{n % 15_000}.example",
                "ruc": f"{n % 19_000:013d}",
                "lock_version": 1,
                "description": "",
                "source": "",
                "status_reason": "",
                "is_fictional": False,
            }
        )
    db.session.execute(sa.insert(Actor), rows)
    looked_at = []
    overlap = likely_pairs.overlap
    monkeypatch.setattr(likely_pairs, "overlap", lambda one, other: (looked_at.append(1), overlap(one, other))[1])
    pairs = likely_pairs.likely_pairs()
    assert 0 < len(looked_at) < 50 * len(rows)  # each with each would be 10,000 times the rows
    assert sum(Why.RUC in pair.why for pair in pairs) == 1_000
