"""Actors out of files: all rows or none, the same file once, undone as one, out again as they came."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from intake.core.identity import GUEST, SYSTEM
from intake.core.tabular import Refused, Source, as_csv, stream
from intake.extensions import db
from intake.mapping import exporting, importing, queries, services, undoing
from intake.mapping.inputs import ActorInput
from intake.mapping.queries import ActorFilters
from intake.reports import invariants
from models import Actor, ActorContact, AuditEntry, Consent, ImportBatch, Language, People
from models.enums import ActorKind, ActorStatus, Role, TerritoryLevel
from tests import factories as make
from tests.transfers import as_file, counts

FULL = {
    "nombre": "Asociación Agua Limpia",
    "tipo": "sociedad_civil",
    "siglas": "AAL",
    "provincia": "Morona Santiago",
    "canton": "morona",
    "parroquia": "140150",
    "territorios": "01",
    "temas": "Agua",
    "pueblos": "shuar",
    "idiomas": "jiv",
    "ruc": "1790011674001",
    "sitio_web": "agua.example.ec",
    "descripcion": "Cuida el agua.\nDesde 2001.",
    "fuente": "Mesa de Macas",
    "fecha_fuente": "2025-03-01",
    "contacto_nombre": "Rosa Ejemplo",
    "contacto_cargo": "Presidenta",
    "contacto_correo": "Rosa@demo.example",
    "contacto_telefono": "099 123 4567",
    "contacto_publico": "no",
    "consentimiento_fecha": "2025-03-02",
    "id_externo": "X-1",
}
SHORT = {"nombre": "Colectivo Río", "tipo": "Colectivo"}


@pytest.fixture
def places(app):
    make.territory("14", name="Morona Santiago")
    make.territory("01", name="Azuay")
    make.territory("1401", TerritoryLevel.CANTON, name="Morona", path="14.1401.")
    make.territory("140150", TerritoryLevel.PARISH, name="Macas", path="14.1401.140150.")
    make.theme("agua", name_es="Agua")
    make.save(People(name="Shuar", kind="nacionalidad"))
    make.save(Language(code="jiv", name_es="Shuar chicham", name_en="Shuar"))


def bring(rows, **options):
    return importing.run(as_file(rows), by=SYSTEM, **options)


def wrong(rows) -> list[tuple[int, str]]:
    """Where a file is refused; nothing may have changed."""
    before = counts()
    with pytest.raises(Refused) as seen:
        importing.preview(as_file(rows), by=SYSTEM)
    with pytest.raises(Refused) as error:
        bring(rows)
    assert counts() == before
    found = [(p.line, p.column) for p in error.value.problems.kept]
    assert found == [(p.line, p.column) for p in seen.value.problems.kept]
    return found


def one(slug: str) -> Actor:
    sets = (selectinload(s) for s in (Actor.territories, Actor.themes, Actor.peoples, Actor.languages, Actor.contacts))
    return db.session.scalars(sa.select(Actor).where(Actor.slug == slug).options(*sets)).one()


@pytest.mark.parametrize("name", ["lista.csv", "lista.xlsx"])
def test_everything_a_row_says_is_kept(places, name):
    done = importing.run(as_file([FULL, SHORT], name), by=SYSTEM, name="marzo")
    assert (done.name, done.rows, done.added, done.known) == ("marzo", 2, 2, 0)
    actor = one("asociacion-agua-limpia")
    assert (actor.status, actor.kind, actor.acronym) == (ActorStatus.PENDING, ActorKind.CIVIL_SOCIETY, "AAL")
    assert sorted(t.code for t in actor.territories) == ["01", "140150"]
    assert [t.code for t in actor.themes] == ["agua"]
    assert [p.name for p in actor.peoples] == ["Shuar"]
    assert [x.code for x in actor.languages] == ["jiv"]
    assert (actor.ruc, actor.website, actor.external_id) == ("1790011674001", "https://agua.example.ec", "X-1")
    assert (actor.description, actor.source, str(actor.source_on)) == (
        "Cuida el agua.\nDesde 2001.", "Mesa de Macas", "2025-03-01",
    )  # fmt: skip
    [contact] = actor.contacts
    assert (contact.name, contact.email, contact.phone) == ("Rosa Ejemplo", "rosa@demo.example", "+593991234567")
    consent = db.session.get_one(Consent, contact.consent_id)
    assert (consent.purpose, consent.given_at.isoformat()) == ("actor_contact", "2025-03-02T05:00:00+00:00")
    assert one("colectivo-rio").contacts == []


def test_the_trace_has_one_entry_for_the_file_and_one_for_each_actor_and_nothing_personal(places):
    bring([FULL, SHORT], name="marzo")
    found = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.subject_ref)).all()
    assert sorted((e.action, e.subject_ref) for e in found) == [
        ("actor.import", "asociacion-agua-limpia"),
        ("actor.import", "colectivo-rio"),
        ("import_batch.import", "marzo"),
    ]
    text = json.dumps([e.changes for e in found])
    assert "rosa" not in text.lower() and "99123" not in text
    assert found[0].changes["status"] == [None, "pending"] and found[0].changes["line"] == 2


def test_a_preview_says_what_is_new_known_and_alike_and_changes_nothing(places):
    make.actor("Colectivo Río", kind=ActorKind.COLLECTIVE)
    make.actor("Mujeres Tejedoras de Cotacachi")
    before = counts()
    rows = [FULL, SHORT, {"nombre": "Mujeres tejedoras Cotacachi", "tipo": "colectivo"}]
    seen = importing.preview(as_file(rows), by=SYSTEM)
    assert (seen.rows, seen.new, seen.known, seen.alike) == (3, 2, 1, 1)
    assert [row[:2] for row in seen.new_rows] == [(2, FULL["nombre"]), (5, "Mujeres tejedoras Cotacachi")]
    assert seen.known_rows == [(4, "Colectivo Río", "colectivo-rio")]
    assert seen.alike_rows == [(5, "Mujeres tejedoras Cotacachi", "mujeres-tejedoras-de-cotacachi")]
    assert counts() == before


def test_a_wrong_address_is_told_as_in_a_form(places):
    with pytest.raises(Refused) as error:
        importing.preview(as_file([{**FULL, "contacto_correo": "rosa"}]), by=SYSTEM)
    assert str(error.value.problems.kept[0].reason) == "Escriba un correo como nombre@ejemplo.org."


def test_the_same_file_and_the_same_rows_add_nothing(places):
    bring([FULL, SHORT], name="marzo")
    before = counts()
    again = bring([FULL, SHORT])
    assert (again.already, again.name, again.added) == (True, "marzo", 0)
    assert importing.preview(as_file([FULL, SHORT]), by=SYSTEM).already == "marzo"
    assert counts() == before
    renamed = {**FULL, "nombre": "Otro nombre", "ruc": ""}
    other = bring([renamed, SHORT, {**SHORT, "nombre": "Nuevo"}])
    assert (other.added, other.known) == (1, 2)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"nombre": ""}, "nombre"),
        ({"nombre": "x" * 241}, "nombre"),
        ({"tipo": "club"}, "tipo"),
        ({"tipo": ""}, "tipo"),
        ({"provincia": "Atlántida"}, "provincia"),
        ({"canton": "Cuenca"}, "canton"),
        ({"provincia": "Azuay"}, "canton"),
        ({"parroquia": "999999"}, "parroquia"),
        ({"territorios": "01;77"}, "territorios"),
        ({"temas": "agua;fuego"}, "temas"),
        ({"pueblos": "atlantes"}, "pueblos"),
        ({"idiomas": "xx"}, "idiomas"),
        ({"sector": "ZZZ"}, "sector"),
        ({"ruc": "1790011675001"}, "ruc"),
        ({"sitio_web": "no es una web"}, "sitio_web"),
        ({"fecha_fuente": "ayer"}, "fecha_fuente"),
        ({"fecha_fuente": "2999-01-01"}, "fecha_fuente"),
        ({"contacto_correo": "rosa"}, "contacto_correo"),
        ({"contacto_telefono": "12"}, "contacto_telefono"),
        ({"contacto_nombre": ""}, "contacto_nombre"),
        ({"contacto_publico": "quizás"}, "contacto_publico"),
        ({"consentimiento_fecha": ""}, "consentimiento_fecha"),
        ({"consentimiento_fecha": "2999-01-01"}, "consentimiento_fecha"),
    ],
)
def test_one_wrong_cell_refuses_the_whole_file_and_is_named(places, change, place):
    assert wrong([SHORT, {**FULL, **change}]) == [(3, place)]


def test_a_contact_without_consent_is_refused_with_the_reason(places):
    with pytest.raises(Refused) as error:
        importing.preview(as_file([{**FULL, "consentimiento_fecha": ""}]), by=SYSTEM)
    assert "consentimiento" in str(error.value.problems.kept[0].reason)


def test_every_wrong_line_is_named_also_beyond_the_first_chunk(places, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
    rows = [{**SHORT, "nombre": f"Colectivo {n}", "tipo": "x" if n in {3, 7} else "colectivo"} for n in range(9)]
    assert wrong(rows) == [(5, "tipo"), (9, "tipo")]


def test_the_same_organisation_twice_in_a_file(places):
    assert wrong([SHORT, {"nombre": "COLECTIVO RIO", "tipo": "colectivo"}]) == [(3, "nombre")]


def test_a_broken_encoding_changes_nothing(places):
    before = counts()
    for call in (importing.preview, importing.run):
        with pytest.raises(Refused):
            call(Source.of("f.csv", "nombre,tipo\nAsociación,colectivo\n".encode("cp1252")), by=SYSTEM)
    assert counts() == before


def test_names_of_batches(places):
    assert importing.preview(as_file([SHORT], "Actores de Marzo.csv"), by=SYSTEM).name.startswith("actores-de-marzo-")
    bring([SHORT], name="marzo")
    with pytest.raises(Invalid) as error:
        bring([FULL], name="marzo")
    assert error.value.field == "batch"
    with pytest.raises(Invalid):
        bring([FULL], name="x" * 81)


def test_who_may(app, as_principal):
    for who, refusal in ((GUEST, SignInNeeded), (as_principal(make.user()), Forbidden)):
        for call in (importing.preview, importing.run):
            with pytest.raises(refusal):
                call(as_file([SHORT]), by=who)
        with pytest.raises(refusal):
            undoing.undo("marzo", by=who)
    assert importing.run(as_file([SHORT]), by=as_principal(make.user(Role.FACILITATOR))).added == 1


def test_the_check_finds_nothing_and_finds_a_batch_that_lost_a_row(places):
    bring([FULL, SHORT], name="marzo")
    assert {name: found for name, found in invariants.broken().items() if found} == {}
    db.session.execute(sa.update(Actor).where(Actor.slug == "colectivo-rio").values(batch_id=None))
    assert invariants.broken()["batches_are_whole"] == ["actors marzo"]


def test_undoing_leaves_everything_but_the_trace_as_it_was(places):
    make.actor("De antes")
    before = counts()
    bring([FULL, SHORT], name="marzo")
    done = undoing.undo("marzo", by=SYSTEM, reason="Era la lista de otro año")
    assert done.added == 2
    after = counts()
    kept = {"audit_entry", "import_batch"}
    assert {k: v for k, v in after.items() if k not in kept} == {k: v for k, v in before.items() if k not in kept}
    batch = db.session.scalars(sa.select(ImportBatch)).one()
    assert batch.undone_at is not None
    with pytest.raises(Conflict):
        undoing.undo("marzo", by=SYSTEM)
    with pytest.raises(NotFound):
        undoing.undo("abril", by=SYSTEM)
    assert bring([FULL, SHORT]).added == 2


def test_undoing_is_refused_where_something_was_changed_or_used_and_says_what(places):
    rows = [{**SHORT, "nombre": f"Colectivo {word}"} for word in ("agua", "bosque", "cerro", "duna")]
    bring(rows, name="marzo")
    agua, bosque, cerro = (one(f"colectivo-{word}") for word in ("agua", "bosque", "cerro"))
    services.move_actor(agua, "verify", by=SYSTEM)
    services.edit_actor(bosque, ActorInput(name="Colectivo del bosque", kind=ActorKind.COLLECTIVE), by=SYSTEM)
    make.proposal(organisation_id=cerro.id)
    before = counts()
    with pytest.raises(Conflict) as error:
        undoing.undo("marzo", by=SYSTEM)
    assert error.value.details["changed"] == ["colectivo-agua", "colectivo-bosque", "colectivo-cerro"]
    assert "colectivo-bosque" in str(error.value.message)
    assert counts() == before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_internal_export_is_read_back_as_it_was(places, kind):
    bring([FULL, SHORT])
    first = list(exporting.rows(ActorFilters(status=None), internal=True))
    content = b"".join(stream(kind, exporting.fields(internal=True), first))
    assert importing.run(Source.of(f"f.{kind}", content), by=SYSTEM).added == 0  # it knows its own records
    undoing.undo(db.session.scalars(sa.select(ImportBatch.name).order_by(ImportBatch.id)).first(), by=SYSTEM)
    assert importing.run(Source.of(f"f.{kind}", content + b"\n" * (kind == "csv")), by=SYSTEM).added == 2
    again = list(exporting.rows(ActorFilters(status=None), internal=True))
    assert again == first


def test_the_public_export_has_verified_actors_and_neither_contacts_nor_tax_numbers(places):
    bring([FULL, SHORT])
    services.move_actor(one("asociacion-agua-limpia"), "verify", by=SYSTEM)
    text = b"".join(as_csv(exporting.fields(internal=False), exporting.rows(ActorFilters()))).decode()
    assert "Asociación Agua Limpia" in text and "Colectivo" not in text
    assert not [word for word in ("rosa", "1790011674001", "99123", "contacto", "ruc") if word in text.lower()]


def test_an_export_takes_a_constant_number_of_statements(places, count_queries):
    sent = []
    for number in (1, 3):
        bring([{**FULL, "nombre": f"A {number}.{n}", "id_externo": f"{number}-{n}", "ruc": ""} for n in range(number)])
        with count_queries() as seen:
            list(exporting.rows(ActorFilters(status=None), internal=True))
        sent.append(len(seen))
    assert sent == [8, 8]


def test_revoked_contacts_are_exported_no_more(places):
    bring([FULL])
    contact = db.session.scalars(sa.select(ActorContact)).one()
    services.revoke_contact(contact, one("asociacion-agua-limpia"), by=SYSTEM)
    [row] = exporting.rows(ActorFilters(status=None), internal=True)
    assert [row[name] for name in ("contacto_nombre", "contacto_correo", "consentimiento_fecha")] == [None, None, None]


class TestCommands:
    def file(self, tmp_path, rows, name="lista.csv"):
        path = tmp_path / name
        path.write_bytes(as_file(rows).file.read())
        return str(path)

    def run(self, app, *args):
        return app.test_cli_runner().invoke(args=["mapping", *args])

    def test_import_undo_and_export(self, app, places, tmp_path):
        path = self.file(tmp_path, [FULL, SHORT])
        dry = self.run(app, "import", path, "--dry-run", "--json")
        assert json.loads(dry.stdout) | {"batch": ""} == {
            "ok": True, "dry_run": True, "batch": "", "already": None, "rows": 2, "added": 2, "known": 0, "alike": 0,
        }  # fmt: skip
        assert json.loads(self.run(app, "import", path, "--batch", "marzo", "--json").stdout)["added"] == 2
        assert "marzo" in self.run(app, "import", path).stdout
        out = tmp_path / "out.json"
        assert self.run(app, "export", "--format", "json", "--internal", "-o", str(out)).exit_code == 0
        assert [row["contacto_nombre"] for row in json.loads(out.read_text())] == ["Rosa Ejemplo", None]
        assert db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "actor.export"
        assert self.run(app, "undo-import", "marzo").exit_code == 0
        assert queries.actors(ActorFilters(status=None)).total == 0

    def test_refusals_are_one_line_on_standard_error(self, app, places, tmp_path):
        path = self.file(tmp_path, [{**SHORT, "tipo": "club"}, FULL])
        answer = self.run(app, "import", path)
        assert answer.exit_code == 1
        assert answer.stderr.count("\n") == 1 and "línea 2" in answer.stderr and "tipo" in answer.stderr
        found = json.loads(self.run(app, "import", path, "--json").stdout)
        assert [(e["line"], e["column"]) for e in found["errors"]] == [(2, "tipo")] and found["ok"] is False
        assert self.run(app, "undo-import", "nada").exit_code == 1
        assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0
