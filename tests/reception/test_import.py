"""Proposals out of files: all rows or none, the same file once, undone as one, out again as they came."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, NotFound, SignInNeeded
from intake.core.identity import GUEST, SYSTEM
from intake.core.mail import render
from intake.core.tabular import Refused, Source, stream
from intake.extensions import db
from intake.reception import exporting, queries, serializers, services
from intake.reception.importrows import OWN_KEY
from intake.reception.inputs import Filters, ProposalInput
from intake.reception.services import importing, undoing
from intake.reports import invariants
from models import AuditEntry, Consent, ImportBatch, OutboxMessage, Plan, Proposal, ProposalContact, ProposalVersion
from models.enums import Channel, ProposalStatus, PublicName, Role, StageKind, TerritoryLevel
from tests import factories as make
from tests.transfers import as_file, counts

FULL = {
    "titulo": "Agua limpia para Macas",
    "problema": "El agua llega turbia.\nNadie publica los análisis.",
    "solucion": "Publicar los análisis cada mes.",
    "resultado_esperado": "Saber si se puede beber.",
    "tema": "agua",
    "provincia": "Morona Santiago",
    "canton": "Morona",
    "parroquia": "140150",
    "enfoques": "ambiente;genero",
    "ambito": "subnacional",
    "canal": "papel",
    "mesa": "mesa-macas",
    "proponente": "Rosa Ejemplo",
    "organizacion": "",
    "correo": "Rosa@demo.example",
    "telefono": "099 123 4567",
    "fecha": "",
    "id_externo": "H-1",
}
SHORT = {"titulo": "Actas en línea", "problema": "No se ven.", "solucion": "Publicarlas."}


@pytest.fixture
def plan(app) -> Plan:
    made = make.plan(code="PAGA3")
    make.territory("14", name="Morona Santiago")
    make.territory("1401", TerritoryLevel.CANTON, name="Morona", path="14.1401.")
    make.territory("140150", TerritoryLevel.PARISH, name="Macas", path="14.1401.140150.")
    make.theme("agua", name_es="Agua")
    make.event(made, slug="mesa-macas", title="Mesa de Macas")
    db.session.commit()
    return made


def bring(plan, rows, **options):
    return importing.run(as_file(rows), plan, by=SYSTEM, **options)


def wrong(plan, rows) -> list[tuple[int, str]]:
    """Where a file is refused; nothing may have changed, no folio either."""
    before, folio = counts(), plan.folio_counter
    with pytest.raises(Refused) as seen:
        importing.preview(as_file(rows), plan, by=SYSTEM)
    with pytest.raises(Refused) as error:
        bring(plan, rows)
    assert (counts(), plan.folio_counter) == (before, folio)
    found = [(p.line, p.column) for p in error.value.problems.kept]
    assert found == [(p.line, p.column) for p in seen.value.problems.kept]
    return found


def broken() -> dict[str, list[str]]:
    return {name: found for name, found in invariants.broken().items() if found}


@pytest.mark.parametrize("name", ["lista.csv", "lista.xlsx"])
def test_everything_a_row_says_is_kept(plan, name):
    done = importing.run(as_file([FULL, SHORT], name), plan, by=SYSTEM, name="macas")
    assert (done.name, done.rows, done.added, done.known) == ("macas", 2, 2, 0)
    first = queries.by_folio("PAGA3-00001")
    assert (first.status, first.channel, first.kind.value) == (ProposalStatus.SUBMITTED, Channel.PAPER, "citizen")
    assert (first.title, first.problem, first.expected_result) == (
        FULL["titulo"], FULL["problema"], FULL["resultado_esperado"],
    )  # fmt: skip
    assert (first.theme.code, first.territory.code, first.event.slug) == ("agua", "140150", "mesa-macas")
    assert [a.approach.value for a in first.approaches] == ["ambiente", "genero"]
    assert (first.branch.value, first.author_id, first.external_id) == ("subnacional", None, "H-1")
    assert (first.contact.name, first.contact.email, first.contact.phone) == (
        "Rosa Ejemplo", "rosa@demo.example", "+593991234567",
    )  # fmt: skip
    assert (first.contact.consent.purpose, first.contact.consent.details) == ("proposal_contact", {"batch": "macas"})
    assert first.public_name is PublicName.ANONYMOUS
    second = queries.by_folio("PAGA3-00002")
    assert (second.title, second.contact, second.claim_code_hash) == ("Actas en línea", None, None)
    assert db.session.get_one(Plan, plan.id).folio_counter == 2
    assert broken() == {}


def test_it_is_as_if_it_had_been_handed_in_one_by_one(plan):
    """Version, words for search and the columns of the row are those of the service that receives one."""
    bring(plan, [{**FULL, "mesa": "", "proponente": "", "correo": "", "telefono": ""}])
    data = ProposalInput(
        title=FULL["titulo"], problem=FULL["problema"], solution=FULL["solucion"],
        expected_result=FULL["resultado_esperado"], theme_code="agua", territory_code="140150",
        approaches=tuple(a.approach for a in queries.by_folio("PAGA3-00001").approaches),
        branch=queries.by_folio("PAGA3-00001").branch,
    )  # fmt: skip
    receipt = services.submit_directly(plan, data, None, by=SYSTEM, channel=Channel.PAPER)
    ours, theirs = queries.by_folio("PAGA3-00001"), queries.by_folio(receipt.folio)
    own = {"id", "folio", "folio_number", "created_at", "submitted_at", "updated_at", "batch_id", "external_id"}
    own |= {"claim_code_hash", "lock_version"}
    for column in set(Proposal.__table__.columns.keys()) - own:
        assert getattr(ours, column) == getattr(theirs, column), column
    versions = db.session.scalars(sa.select(ProposalVersion.content).order_by(ProposalVersion.id)).all()
    assert versions[0] == versions[1]


def test_an_imported_proposal_is_found_and_read(plan, client):
    bring(plan, [FULL])
    assert "PAGA3-00001" in client.get("/propuestas/?q=turbias").text
    assert "PAGA3-00001" in client.get("/propuestas/?q=macas").text
    page = client.get("/propuestas/PAGA3-00001").text
    assert "Agua limpia para Macas" in page and "Rosa" not in page


def test_the_author_is_the_citizen_the_organisation_or_the_table_and_never_the_clerk(plan, as_principal):
    clerk = as_principal(make.user(Role.FACILITATOR, name="Empleado Público"))
    rows = [
        {**SHORT, "proponente": "Rosa", "mesa": "mesa-macas"},
        {**SHORT, "proponente": "Rosa", "organizacion": "Colectivo Río"},
        {**SHORT, "mesa": "mesa-macas"},
        SHORT,
    ]
    importing.run(as_file(rows), plan, by=clerk)
    found = [queries.by_folio(f"PAGA3-0000{n}") for n in (1, 2, 3, 4)]
    assert [serializers.public_author(p) for p in found] == [None, "Colectivo Río", "Mesa de Macas", None]
    assert [p.author_id for p in found] == [None] * 4
    assert [p.channel.value for p in found] == ["mesa", "papel", "mesa", "papel"]
    assert [p.contact.name if p.contact else None for p in found] == ["Rosa", "Rosa", None, None]


def test_the_trace_names_the_batch_and_nothing_personal(plan):
    bring(plan, [FULL, SHORT], name="macas")
    found = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.action, e.subject_ref) for e in found] == [
        ("proposal.import", "PAGA3-00001"), ("proposal.import", "PAGA3-00002"), ("import_batch.import", "macas"),
    ]  # fmt: skip
    assert found[0].changes["status"] == [None, "submitted"] and found[0].changes["line"] == 2
    assert "rosa" not in json.dumps([e.changes for e in found]).lower()


def test_no_mail_unless_it_is_asked_for_and_then_one_to_each_address(plan):
    bring(plan, [FULL])
    assert db.session.scalars(sa.select(OutboxMessage)).all() == []
    bring(plan, [{**FULL, "id_externo": "H-2"}, SHORT], notify=True)
    [message] = db.session.scalars(sa.select(OutboxMessage)).all()
    assert (message.kind, message.to_address) == ("proposal_import", "rosa@demo.example")
    text = render(message.kind, message.locale, message.context).text
    assert "PAGA3-00002" in text and "/seguimiento/codigo" in text
    assert broken() == {}


def test_the_same_file_and_the_same_rows_add_nothing(plan):
    bring(plan, [FULL, SHORT, SHORT], name="macas")
    before = counts()
    again = bring(plan, [FULL, SHORT, SHORT])
    assert (again.already, again.name, again.added) == (True, "macas", 0)
    assert counts() == before
    other = bring(plan, [SHORT, {**FULL, "titulo": "Otro título"}, SHORT])  # the same rows in another order
    assert (other.added, other.known) == (0, 3)
    assert counts() == before
    more = bring(plan, [FULL, SHORT, SHORT, SHORT])  # one more who said the same
    assert (more.added, more.known) == (1, 3)
    keys = db.session.scalars(sa.select(Proposal.external_id).order_by(Proposal.folio_number)).all()
    assert keys[0] == "H-1" and {k[: len(OWN_KEY)] for k in keys[1:]} == {OWN_KEY} and len(set(keys)) == 4


def test_the_key_of_another_plan_is_another_key(plan):
    bring(plan, [FULL])
    other = make.plan(code="PAGA4", is_current=False)
    assert importing.run(as_file([{**FULL, "mesa": ""}]), other, by=SYSTEM).added == 1


def test_a_preview_changes_nothing(plan):
    bring(plan, [FULL])
    before = counts()
    seen = importing.preview(as_file([FULL, SHORT]), plan, by=SYSTEM)
    assert (seen.rows, seen.new, seen.known) == (2, 1, 1)
    assert list(seen.known_rows) == [(2, "Agua limpia para Macas", "PAGA3-00001")]
    assert counts() == before


def test_a_preview_shows_what_was_understood(plan):
    seen = importing.preview(as_file([FULL, SHORT]), plan, by=SYSTEM)
    assert [tuple(row) for row in seen.new_rows] == [
        (2, "Agua limpia para Macas", "Rosa Ejemplo", ["Macas"], ["Agua"]),
        (4, "Actas en línea", "", [], []),
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"titulo": ""}, "titulo"),
        ({"titulo": "x" * 301}, "titulo"),
        ({"problema": ""}, "problema"),
        ({"solucion": " "}, "solucion"),
        ({"tema": "fuego"}, "tema"),
        ({"provincia": "Morona Santigo"}, "provincia"),
        ({"provincia": "Ecuador"}, "provincia"),
        ({"canton": "Cuenca"}, "canton"),
        ({"parroquia": "140151"}, "parroquia"),
        ({"enfoques": "ambiente;belleza"}, "enfoques"),
        ({"ambito": "galáctico"}, "ambito"),
        ({"canal": "fax"}, "canal"),
        ({"mesa": "mesa-nada"}, "mesa"),
        ({"correo": "rosa"}, "correo"),
        ({"telefono": "12"}, "telefono"),
        ({"fecha": "ayer"}, "fecha"),
        ({"fecha": "2999-01-01"}, "fecha"),
        ({"fecha": "2001-01-01"}, "fecha"),
        ({"consentimiento_fecha": "2999-01-01"}, "consentimiento_fecha"),
        ({"organizacion": "x" * 201}, "organizacion"),
        ({"id_externo": "x" * 81}, "id_externo"),
    ],
)
def test_one_wrong_cell_refuses_the_whole_file_and_is_named(plan, change, place):
    assert wrong(plan, [SHORT, {**FULL, **change}]) == [(3, place)]


def test_a_wrong_address_is_told_as_in_a_form(plan):
    with pytest.raises(Refused) as error:
        importing.preview(as_file([{**FULL, "correo": "rosa"}]), plan, by=SYSTEM)
    assert str(error.value.problems.kept[0].reason) == "Escriba un correo como nombre@ejemplo.org."


def test_a_place_that_is_nearly_right_is_suggested(plan):
    with pytest.raises(Refused) as error:
        importing.preview(as_file([{**FULL, "provincia": "Morona Santigo"}]), plan, by=SYSTEM)
    assert "¿Es «Morona Santiago»?" in str(error.value.problems.kept[0].reason)


def test_the_same_key_twice_in_a_file(plan):
    assert wrong(plan, [FULL, {**FULL, "titulo": "Otro"}]) == [(4, "id_externo")]


def test_a_required_column_that_is_missing(plan):
    assert wrong(plan, [{"titulo": "x", "problema": "y"}]) == [(1, "solucion")]


def test_every_wrong_line_is_named_also_beyond_the_first_chunk(plan, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
    rows = [{**SHORT, "titulo": f"T {n}", "canal": "fax" if n in {3, 7} else "papel"} for n in range(9)]
    assert wrong(plan, rows) == [(5, "canal"), (9, "canal")]


def test_a_proposal_counts_from_the_day_it_was_handed_in_if_reception_was_open(plan):
    day = clock.today() - timedelta(days=3)
    bring(plan, [{**SHORT, "fecha": day.isoformat()}, {**SHORT, "fecha": f"{day}T09:30"}, SHORT])
    at = [p.submitted_at for p in db.session.scalars(sa.select(Proposal).order_by(Proposal.folio_number))]
    assert [clock.local(moment).strftime("%H:%M") for moment in at[:2]] == ["12:00", "09:30"]
    assert clock.local(at[0]).date() == day and clock.local(at[2]).date() == clock.today()


def test_closed_reception_asks_for_the_day(app):
    closed = make.plan(StageKind.EVALUATION, code="PAGA3")
    day = clock.today() - timedelta(days=20)
    assert wrong(closed, [SHORT]) == [(2, "fecha")]
    assert bring(closed, [{**SHORT, "fecha": day.isoformat()}]).added == 1


def test_who_may(plan, as_principal):
    for who, refusal in ((GUEST, SignInNeeded), (as_principal(make.user()), Forbidden)):
        for call in (importing.preview, importing.run):
            with pytest.raises(refusal):
                call(as_file([SHORT]), plan, by=who)
        with pytest.raises(refusal):
            undoing.undo("macas", by=who)


def test_undoing_withdraws_under_the_folio_with_the_reason_and_erases_contacts(plan, client):
    bring(plan, [FULL, SHORT], name="macas", notify=True)
    done = undoing.undo("macas", by=SYSTEM, reason="Era la lista de otro año.")
    assert done.added == 2
    states = db.session.scalars(sa.select(Proposal.status)).all()
    assert states == [ProposalStatus.WITHDRAWN] * 2
    assert db.session.scalars(sa.select(ProposalContact)).all() == []
    assert db.session.scalars(sa.select(Consent.revoked_at)).one() is not None
    kinds = db.session.scalars(sa.select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds == ["proposal_import", "proposal_undo_import"]
    last = db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    letter = render(last.kind, last.locale, last.context).text
    assert "Era la lista de otro año." in letter and "macas" not in letter
    page = client.get("/propuestas/PAGA3-00001").text
    assert "Era la lista de otro año." in page and "por quien la presentó" not in page
    assert "El equipo la retiró el" in page and "hubo un error al registrarla" in page
    assert all(words not in page for words in ("«macas»", "la importación", "Quien la presentó la retiró"))
    follow = client.get("/seguimiento/PAGA3-00001").text
    assert "Era la lista de otro año." in follow and "«macas»" not in follow
    assert broken() == {}
    with pytest.raises(Conflict):
        undoing.undo("macas", by=SYSTEM)
    with pytest.raises(NotFound):
        undoing.undo("otra", by=SYSTEM)


def test_a_trace_from_before_names_its_batch_and_the_page_does_not(plan, client):
    bring(plan, [FULL], name="macas")
    undoing.undo("macas", by=SYSTEM, reason="x")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "proposal.undo_import")).one()
    row = {column.key: getattr(entry, column.key) for column in sa.inspect(AuditEntry).column_attrs}
    del row["id"]
    old = {**row, "reason": "Se deshizo la importación «macas». Era la lista de otro año."}
    db.session.execute(sa.insert(AuditEntry).values(old))
    for path in ("/propuestas/PAGA3-00001", "/seguimiento/PAGA3-00001"):
        page = client.get(path).text
        assert "Era la lista de otro año." in page and "«macas»" not in page and "Se deshizo" not in page


def test_a_letter_without_a_reason_does_not_begin_one(plan):
    bring(plan, [FULL], name="macas", notify=True)
    undoing.undo("macas", by=SYSTEM, reason=" ")
    last = db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    letter = render(last.kind, last.locale, last.context).text
    assert last.kind == "proposal_undo_import" and "retirada" in letter
    assert "motivo" not in letter and "\n\n\n" not in letter


def test_what_was_undone_can_come_again_and_gets_new_folios(plan):
    bring(plan, [FULL, SHORT], name="macas")
    undoing.undo("macas", by=SYSTEM)
    assert bring(plan, [FULL, SHORT]).added == 2
    assert queries.by_folio("PAGA3-00003").title == FULL["titulo"]
    assert broken() == {}


def test_the_check_names_what_still_stands_of_an_undone_batch(plan):
    bring(plan, [FULL, SHORT], name="macas")
    db.session.execute(sa.update(ImportBatch).values(undone_at=clock.now()))
    assert invariants.broken()["batches_are_whole"] == ["PAGA3-00001", "PAGA3-00002"]


def test_undoing_is_refused_where_something_was_changed_or_used_and_says_what(plan):
    bring(plan, [{**SHORT, "titulo": f"T {n}", "proponente": "Ana"} for n in range(4)], name="macas")
    first = queries.by_folio("PAGA3-00001")
    services.withdraw(first, by=services.holding(GUEST, first), reason="Ya no")
    second = queries.by_folio("PAGA3-00002")
    changed = ProposalInput(title="Otro", problem="p", solution="s")
    services.revise(second, changed, by=services.holding(GUEST, second), lock_version=second.lock_version)
    third = queries.by_folio("PAGA3-00003")
    make.save(_token(third))
    before = counts()
    with pytest.raises(Conflict) as error:
        undoing.undo("macas", by=SYSTEM)
    assert error.value.details["changed"] == ["PAGA3-00001", "PAGA3-00002", "PAGA3-00003"]
    assert counts() == before


def _token(proposal: Proposal):
    from models import OneTimeToken
    from models.enums import TokenPurpose

    return OneTimeToken(
        purpose=TokenPurpose.CLAIM_CODE, token_hash="x", email="a@demo.example", proposal_id=proposal.id,
        created_at=clock.now(), expires_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_internal_export_is_read_back_as_it_was(plan, kind):
    bring(plan, [FULL, {**SHORT, "organizacion": "Colectivo Río", "titulo": "=HOY()"}])
    filters = Filters(plan="PAGA3", order="folio")
    first = list(exporting.rows(filters, internal=True))
    content = b"".join(stream(kind, exporting.fields(internal=True), first))
    back = importing.run(Source.of(f"f.{kind}", content), plan, by=SYSTEM)
    assert (back.added, back.known) == (0, 2)  # it knows its own folios
    other = make.plan(code="PAGA4", is_current=False)
    make.event(other, slug="mesa-otra")
    content = b"".join(stream(kind, exporting.fields(internal=True), [{**r, "mesa": None} for r in first]))
    assert importing.run(Source.of(f"f.{kind}", content), other, by=SYSTEM).added == 2
    again = list(exporting.rows(Filters(plan="PAGA4", order="folio"), internal=True))
    own = {"folio", "plan", "mesa", "lote", "canal", "fecha"}
    assert [{k: v for k, v in r.items() if k not in own} for r in again] == [
        {k: v for k, v in r.items() if k not in own} for r in first
    ]


def test_the_public_export_has_neither_names_nor_contacts(plan):
    bring(plan, [FULL])
    [row] = exporting.rows(Filters(plan="PAGA3"))
    assert tuple(row) == exporting.fields(internal=False) == serializers.PUBLIC_FIELDS
    assert "rosa" not in json.dumps(row).lower() and "99123" not in json.dumps(row)


def test_an_export_takes_a_constant_number_of_statements(plan, count_queries):
    sent = []
    for number in (1, 3):
        bring(plan, [{**FULL, "titulo": f"{number}.{n}", "id_externo": f"{number}-{n}"} for n in range(number)])
        db.session.expire_all()
        with count_queries() as seen:
            list(exporting.rows(Filters(plan="PAGA3"), internal=True))
        sent.append(len(seen))
    assert sent == [5, 5]


class TestCommands:
    def file(self, tmp_path, rows, name="lista.csv"):
        path = tmp_path / name
        path.write_bytes(as_file(rows, name).file.read())
        return str(path)

    def run(self, app, *args):
        return app.test_cli_runner().invoke(args=["reception", *args])

    def test_import_undo_and_export(self, app, plan, tmp_path):
        path = self.file(tmp_path, [FULL, SHORT])
        dry = json.loads(self.run(app, "import", path, "--plan", "PAGA3", "--dry-run", "--json").stdout)
        assert (dry["ok"], dry["dry_run"], dry["rows"], dry["added"], dry["known"]) == (True, True, 2, 2, 0)
        assert db.session.scalar(sa.select(sa.func.count(ImportBatch.id))) == 0
        done = self.run(app, "import", path, "--plan", "paga3", "--batch", "macas", "--json")
        assert json.loads(done.stdout)["added"] == 2
        assert json.loads(self.run(app, "import", path, "--plan", "PAGA3", "--json").stdout)["already"] is True
        out = tmp_path / "out.csv"
        assert self.run(app, "export", "--plan", "PAGA3", "--format", "csv", "-o", str(out)).exit_code == 0
        rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline="")))
        assert [(r["folio"], r["proponente"]) for r in rows] == [("PAGA3-00001", ""), ("PAGA3-00002", "")]
        inside = tmp_path / "out.json"
        self.run(app, "export", "--plan", "PAGA3", "--format", "json", "--internal", "-o", str(inside))
        assert [r["correo"] for r in json.loads(inside.read_text())] == ["rosa@demo.example", None]
        assert self.run(app, "undo-import", "macas", "--json").exit_code == 0

    def test_refusals_are_one_line_on_standard_error(self, app, plan, tmp_path):
        path = self.file(tmp_path, [SHORT, {**FULL, "canal": "fax"}])
        answer = self.run(app, "import", path, "--plan", "PAGA3")
        assert answer.exit_code == 1
        assert answer.stderr.count("\n") == 1 and "línea 3" in answer.stderr and "canal" in answer.stderr
        found = json.loads(self.run(app, "import", path, "--plan", "PAGA3", "--json").stdout)
        assert [(e["line"], e["column"]) for e in found["errors"]] == [(3, "canal")]
        for args in (
            ("import", path, "--plan", "NADA9"), ("undo-import", "nada"), ("export", "--plan", "NADA9"),
            ("export", "--plan", "PAGA3", "-o", str(tmp_path / "no" / "x.csv")),
        ):  # fmt: skip
            answer = self.run(app, *args)
            assert (answer.exit_code, answer.stderr.count("\n")) == (1, 1)
        assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 0
