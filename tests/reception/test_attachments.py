"""Files of a proposal: what is taken, what is refused, that none is lost, who reads them, and where they go."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import obstore
import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from intake.core import files, limits
from intake.core.errors import Conflict, Invalid, NotFound, SignInNeeded, StageClosed
from intake.core.files import Upload
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception import attached, queries, services
from intake.reception.queries import attached as reading
from intake.reception.services import attachments
from intake.reports import invariants_attached
from models import AuditEntry, Proposal, ProposalFile, ProposalVersion, Stage, StoredFile
from models.enums import ProposalFileKind, ProposalStatus, Role
from tests import factories
from tests.conftest import token_in
from tests.reception.kit import PDF, package, pdf, picture, word
from tests.reception.test_views import WRITTEN, key_in, plan, send, submitted

__all__ = ["plan"]  # a fixture


@pytest.fixture
def draft(plan) -> Proposal:
    made = factories.proposal(plan, ProposalStatus.DRAFT)
    db.session.commit()
    return made


@pytest.fixture
def by(draft):
    return services.holding(GUEST, draft)


def names(proposal: Proposal) -> list[str]:
    return [row.file.name for row in reading.files_of(proposal)]


NO_CONTACT = {"contact_name": "", "contact_email": "", "contact_phone": ""}


def attach(proposal: Proposal, name: str, content: bytes, words: str = "", *, by) -> ProposalFile:
    """Keep a file, and read it as a page would."""
    made = attachments.attach(proposal, Upload(name, content), words, by=by).id
    return next(row for row in reading.files_of(proposal) if row.id == made)


def stored() -> int:
    return db.session.scalar(sa.select(sa.func.count(StoredFile.id)))


class TestKeeping:
    def test_documents_and_pictures_are_known_by_what_they_hold(self, draft, by):
        given = {"acta.exe": PDF, "foto.pdf": picture(), "carta.zip": word(), "mapa.png": picture(kind="WEBP")}
        for name, content in given.items():
            attach(draft, name, content, "Un canal", by=by)
        rows = reading.files_of(draft)
        assert [row.file.name for row in rows] == ["acta.pdf", "foto.jpg", "carta.docx", "mapa.webp"]
        document, shown = ProposalFileKind.DOCUMENT, ProposalFileKind.PICTURE
        assert [row.kind for row in rows] == [document, shown, document, shown]
        assert [row.position for row in rows] == [1, 2, 3, 4]
        assert not any(row.file.is_public for row in rows)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_pictures_lose_place_and_camera_and_become_smaller(self, draft, by, kind):
        row = attach(draft, "foto", picture(kind=kind, size=(4000, 100)), "Un canal", by=by)
        content = files.read(row.file)
        kept = Image.open(io.BytesIO(content))
        assert (kept.size, dict(kept.getexif()), kept.format) == ((attached.LONGEST_SIDE, 50), {}, kind)
        assert b"Telefono 9" not in content
        assert {"exif", "xmp", "icc_profile"}.isdisjoint(kept.info)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "vacío"),
            (b"MZ\x90\x00" + b"\x00" * 60, "no se acepta"),
            (b"<html><script>alert(1)</script>", "no se acepta"),
            (b"hola", "no se acepta"),
            (package(**{"a.txt": b"x"}), "no se acepta"),
            (word(**{"word__vbaProject.bin": b"macro"}), "no se acepta"),
            (word()[:60], "dañado"),
            (picture()[:200], "dañada"),
            (word(**{"word__media__bomba.bin": b"\0" * 30_000_000}), "comprimido"),
            (PDF + b"x" * files.LIMIT_BYTES, "10 MB"),
        ],
        # Not made of the content: packages hold the time they were made at, and all workers must collect the same.
        ids=["empty", "program", "page", "text", "package", "macro", "cut", "cut picture", "bomb", "too large"],
    )
    def test_what_is_refused(self, draft, by, content, words):
        with pytest.raises(Invalid, match=words) as refused:
            attach(draft, "informe.pdf", content, "Algo", by=by)
        assert refused.value.field == "file"
        assert (names(draft), stored()) == ([], 0)

    def test_a_small_file_with_endless_pixels_is_refused(self, draft, by):
        out = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(out, "PNG")
        assert len(out.getvalue()) < 100_000
        with pytest.raises(Invalid):
            attach(draft, "bomba.png", out.getvalue(), "Algo", by=by)

    def test_number_and_total_are_bounded(self, draft, by, monkeypatch):
        for n in range(attached.MOST_FILES):
            attach(draft, "acta.pdf", pdf(str(n)), "", by=by)
        with pytest.raises(Invalid, match="máximo"):
            attach(draft, "otra.pdf", pdf("otra"), "", by=by)
        assert stored() == attached.MOST_FILES
        attachments.detach(draft, attached.ref_of(reading.files_of(draft)[0]), by=by)
        monkeypatch.setattr(attached, "MOST_BYTES", 5 * len(PDF) - 1)
        with pytest.raises(Invalid, match="juntos"):
            attach(draft, "otra.pdf", pdf("otra"), "", by=by)
        assert stored() == attached.MOST_FILES - 1

    def test_the_same_file_is_kept_once(self, draft, by):
        one = attach(draft, "a.jpg", picture(), "Un canal", by=by)
        two = attach(draft, "b.jpg", picture(), "El mismo", by=by)
        assert (one.id, names(draft), stored()) == (two.id, ["a.jpg"], 1)

    def test_the_same_picture_again_takes_the_words_that_come_with_it(self, draft, by):
        attach(draft, "a.jpg", picture(), "", by=by)
        given = ("Un canal roto", "", "Un canal roto en Macas")
        said = [attach(draft, "a.jpg", picture(), words, by=by).description for words in given]
        assert (said, stored()) == (["Un canal roto", "Un canal roto", "Un canal roto en Macas"], 1)

    def test_taking_away_takes_the_bytes(self, draft, by):
        row = attach(draft, "a.pdf", PDF, "", by=by)
        kept, ref = row.file, attached.ref_of(row)
        key = kept.key
        assert attachments.detach(draft, ref, by=by) is True
        assert attachments.detach(draft, ref, by=by) is False
        assert stored() == 0
        with pytest.raises(NotFound):
            files.read(StoredFile(key=key))

    def test_nobody_else_attaches(self, draft, plan):
        other = factories.proposal(plan, ProposalStatus.DRAFT)
        db.session.commit()
        with pytest.raises(SignInNeeded):
            attach(draft, "a.pdf", PDF, "", by=services.holding(GUEST, other))
        assert stored() == 0

    def test_the_trace_of_a_draft_does_not_say_what_it_holds(self, draft, by):
        attach(draft, "secreto.pdf", PDF, "Secreto", by=by)
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "proposal.attach_file")).one()
        assert (entry.subject_id, entry.changes) == (draft.id, {})

    def test_the_check_finds_bytes_that_nothing_names(self, draft, by, monkeypatch):
        monkeypatch.setattr(invariants_attached, "GRACE", timedelta(minutes=-1))
        attach(draft, "a.pdf", PDF, by=by)
        before = list(invariants_attached.bytes_have_their_row())
        obstore.put(files.object_store(), "x" * 40 + ".pdf", b"lost")
        obstore.put(files.object_store(), "held/1-aa", b"waits")
        assert [k for k in invariants_attached.bytes_have_their_row() if k not in before] == ["x" * 40 + ".pdf"]
        obstore.delete(files.object_store(), ["x" * 40 + ".pdf", "held/1-aa"])


class TestSent:
    def test_a_picture_without_words_waits_for_them(self, draft, by):
        row = attach(draft, "a.jpg", picture(), " ", by=by)
        ref = attached.ref_of(row)
        assert attached.words_of(row.description) == ""
        with pytest.raises(Invalid, match="cada imagen"):
            services.submit(draft, by=by)
        attachments.describe(draft, {ref: "Un canal roto"}, by=by)
        services.submit(draft, by=by)
        version = db.session.scalars(sa.select(ProposalVersion)).one()
        assert version.content["files"] == [["a.jpg", "Un canal roto"]]

    def test_after_sending_each_change_is_a_version_while_reception_is_open(self, plan, draft, by):
        services.submit(draft, by=by)
        ref = attached.ref_of(attach(draft, "a.pdf", PDF, "El acta", by=by))
        attachments.describe(draft, {ref: "El acta firmada"}, by=by)
        attachments.detach(draft, ref, by=by)
        told = [v.content.get("files") for v in queries.versions(draft)]
        assert told == [None, [["a.pdf", "El acta"]], [["a.pdf", "El acta firmada"]], None]
        acts = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert acts[-3:] == ["proposal.attach_file", "proposal.describe_file", "proposal.detach_file"]
        with pytest.raises(Invalid, match="elegirla"):
            attach(draft, "a.jpg", picture(), "", by=by)

    def test_not_once_reception_is_over_or_it_was_examined(self, plan, draft, by):
        services.submit(draft, by=by)
        stage = db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan.id, Stage.number == 2)).one()
        stage.opens_on, stage.closes_on = stage.opens_on - timedelta(days=90), stage.opens_on - timedelta(days=1)
        db.session.commit()
        with pytest.raises(StageClosed):
            attach(draft, "a.pdf", PDF, "", by=by)
        admitted = factories.proposal(plan, ProposalStatus.ADMITTED)
        db.session.commit()
        with pytest.raises(Conflict):
            attach(admitted, "a.pdf", PDF, "", by=services.holding(GUEST, admitted))


def post(browser, path="/propuestas/nueva", *, button="review", upload=None, says=None, **changes):
    """As a browser sends the page with a file chosen: multipart, in one go."""
    page = browser.get(path).text
    fields = {**WRITTEN, "csrf_token": token_in(page), button: "1", **changes}
    if path.endswith("nueva"):
        fields["key"] = key_in(page)
    if upload is not None:
        fields["file"] = FileStorage(io.BytesIO(upload[1]), upload[0])
    if says is not None:
        fields["file_description"] = says
    given = {k: v for k, v in fields.items() if v is not None}
    boundary, body = encode_multipart(given)  # in memory: the client itself leaves a temporary file open
    return browser.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def action(page: str) -> str:
    return re.search(r'<form method="post" action="([^"]*)"', page)[1]


class TestPages:
    def test_a_file_outlives_an_error_elsewhere_and_the_text_too(self, plan, client):
        answer = post(client, upload=("acta.pdf", PDF), title="CORTO", contact_email="sin arroba")
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        assert "acta.pdf" in page
        for text in ("CORTO", WRITTEN["problem"], "sin arroba"):
            assert text in page
        path = action(page)
        assert path.startswith("/propuestas/borrador/")
        again = post(client, path, lock_version=re.search(r'name="lock_version"[^>]*value="(\d+)"', page)[1])
        assert again.location == f"{path}/revisar"
        assert "acta.pdf" in client.get(again.location).text

    def test_texts_too_long_to_keep_stay_on_the_page(self, plan, client):
        answer = post(client, button="attach", upload=("acta.pdf", PDF), title="T" * 400)
        assert answer.status_code == 422
        assert "T" * 400 in answer.text
        assert "acta.pdf" in answer.text

    def test_a_wrong_file_costs_neither_text_nor_other_files(self, plan, client):
        first = post(client, button="attach", upload=("acta.pdf", PDF), **NO_CONTACT)
        path = first.location.partition("?")[0]
        assert first.location.endswith("?guardado=si#archivos")
        answer = post(client, path, upload=("virus.pdf", b"MZ\x90\x00" + b"\0" * 60), title="Agua limpia en Macas hoy")
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        assert 'id="file-error"' in page
        assert "acta.pdf" in page
        assert queries.by_draft_key(path.rpartition("/")[2]).title == "Agua limpia en Macas hoy"

    def test_a_file_beyond_the_limit_is_refused_on_its_page(self, plan, client):
        answer = post(client, upload=("grande.pdf", PDF + b"x" * (13 * 1024 * 1024)))
        assert answer.status_code == 422
        assert "10 MB" in html.unescape(answer.text)
        assert WRITTEN["problem"] in html.unescape(answer.text)

    def test_a_picture_without_words_is_named_where_it_stands(self, plan, client):
        answer = post(client, upload=("canal.jpg", picture()))
        row = db.session.scalars(sa.select(ProposalFile).options(joinedload(ProposalFile.file))).one()
        field = f"description_{attached.ref_of(row)}"
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
        done = post(client, action(page), **{field: "Canal roto"})
        assert done.status_code == 303
        assert "Canal roto" in client.get(done.location).text

    def test_a_picture_attached_without_words_says_so_beside_it(self, plan, client):
        answer = post(client, button="attach", upload=("canal.jpg", picture()), **NO_CONTACT)
        row = db.session.scalars(sa.select(ProposalFile).options(joinedload(ProposalFile.file))).one()
        ref = attached.ref_of(row)
        assert answer.location.endswith(f"?guardado=si#archivo-{ref}")
        path = answer.location.partition("?")[0]
        page = html.unescape(client.get(path).text)
        piece = page[page.index(f'id="archivo-{ref}"') :].partition("</li>")[0]
        assert "canal.jpg" in piece and "La imagen está guardada. Falta decir qué se ve en ella" in piece
        assert "Descripción (necesaria si es una imagen)</label>" in page  # and no "(opcional)" behind it
        said = post(client, path, button="save", **{f"description_{ref}": "Canal roto"}, **NO_CONTACT)
        assert "Falta decir" not in html.unescape(client.get(said.location).text)

    def test_a_text_with_the_name_of_a_picture_is_told_what_this_page_takes(self, plan, client):
        page = html.unescape(post(client, button="attach", upload=("foto.png", b"hola a todos")).text)
        assert "Adjunte un PDF, Word, Excel u OpenDocument, o una imagen JPG, PNG o WebP." in page
        assert "CSV o texto" not in page

    def test_taking_away_without_scripts(self, plan, client):
        path = post(client, button="save", upload=("acta.pdf", PDF), says="El acta").location.partition("?")[0]
        ref = re.search(r'name="detach" value="([^"]+)"', client.get(path).text)[1]
        answer = post(client, path, button="save", detach=ref)
        assert answer.location == f"{path}?guardado=si#archivos"
        assert "acta.pdf" not in client.get(path).text
        assert stored() == 0

    def test_an_old_page_asks_for_the_file_again(self, plan, client):
        answer = post(client, upload=("acta.pdf", PDF), csrf_token="viejo")
        page = html.unescape(answer.text)
        assert "elija el archivo otra vez" in page
        assert WRITTEN["problem"] in page
        assert stored() == 0

    def test_a_draft_with_nothing_but_a_file(self, plan, client):
        empty = dict.fromkeys(WRITTEN, None)
        answer = post(client, button="attach", upload=("acta.pdf", PDF), **empty)
        assert answer.status_code == 303
        assert "acta.pdf" in client.get(answer.location).text

    def test_files_come_while_correcting(self, plan, client):
        folio = submitted(client)
        path = f"/propuestas/{folio}/editar"
        read = re.search(r'name="lock_version"[^>]*value="(\d+)"', client.get(path).text)[1]
        answer = post(client, path, upload=("acta.pdf", PDF), says="El acta", lock_version=read)
        assert answer.location == f"/propuestas/{folio}"
        assert "acta.pdf" in client.get(answer.location).text
        assert "los archivos" in client.get(f"/propuestas/{folio}/versiones").text

    def test_who_reads_them_and_how_they_go_out(self, plan, app, client):
        path = post(client, button="save", upload=("Mi acta.pdf", PDF), says="El acta").location.partition("?")[0]
        key = db.session.scalars(sa.select(StoredFile.key)).one()
        own = client.get(f"{path}/archivos/{key}")
        assert (own.status_code, own.data) == (200, PDF)
        assert own.headers["Content-Disposition"] == 'attachment; filename="Mi acta.pdf"'
        assert own.headers["X-Content-Type-Options"] == "nosniff"
        assert own.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        stranger = app.test_client()
        assert stranger.get(f"/archivos/{key}").status_code == 404
        folio = re.search(r"/propuestas/([A-Z0-9-]+)/", send(client, f"{path}/revisar").location)[1]
        public = stranger.get(f"/propuestas/{folio}/archivos/{key}")
        assert (public.status_code, public.data, public.headers["Cache-Control"]) == (200, PDF, "private, no-cache")
        shown = stranger.get(f"/propuestas/{folio}").text
        assert "Mi acta.pdf" in shown
        told = stranger.get(f"/propuestas/{folio}.json").json["archivos"]
        assert [(t["nombre"], t["clase"], t["bytes"], t["descripcion"]) for t in told] == [
            ("Mi acta.pdf", "document", len(PDF), "El acta")
        ]
        assert stranger.get(told[0]["direccion"]).data == PDF

    def test_what_is_held_shows_no_files_to_others(self, plan, app, client, sign_in, as_principal):
        folio = submitted(client)
        proposal = queries.by_folio(folio)
        attach(proposal, "acta.pdf", PDF, "", by=services.holding(GUEST, proposal))
        key = db.session.scalars(sa.select(StoredFile.key)).one()
        analyst = factories.user(Role.ANALYST)
        db.session.commit()
        page = sign_in(analyst)
        services.hold_by_hand(queries.by_folio(folio), by=as_principal(analyst), reason="Parece una prueba.")
        address = f"/propuestas/{folio}/archivos/{key}"
        assert app.test_client().get(address).status_code == 403
        assert page.get(address).status_code == 200


@pytest.mark.parametrize("button", ["attach", "save", "review"])
def test_a_file_too_heavy_to_be_sent_is_named_beside_what_is_kept(plan, client, button):
    answer = post(client, button=button, too_heavy="foto <grande>.jpg")
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "No se adjuntó «foto <grande>.jpg»" in page and "10 MB" in page
    assert "foto <grande>" not in answer.text
    assert "Su borrador está guardado" not in page
    assert WRITTEN["problem"] in page


def test_a_refused_file_is_named(plan, client):
    answer = post(client, button="save", upload=("virus.pdf", b"MZ\x90\x00" + b"\0" * 60))
    assert answer.status_code == 422
    assert "No se adjuntó «virus.pdf». " in html.unescape(answer.text)


def test_attaching_nothing_says_so(plan, client):
    answer = post(client, button="attach")
    assert answer.status_code == 422
    assert "Elija primero un archivo." in answer.text


def test_a_contact_without_consent_is_not_lost_by_attaching(plan, client):
    answer = post(client, button="attach", upload=("acta.pdf", PDF), consent=None)
    assert answer.status_code == 200
    assert WRITTEN["contact_email"] in answer.text
    assert "acta.pdf" in answer.text


def test_very_many_files_from_one_network_wait_and_the_text_is_kept(plan, client, monkeypatch):
    monkeypatch.setattr(attachments, "FROM_NETWORK", limits.Limit("proposal_files", times=1, minutes=60))
    key = re.search(r"/borrador/([\w-]+)", post(client, upload=("uno.pdf", PDF)).location)[1]
    path = f"/propuestas/borrador/{key}"
    answer = post(client, path, upload=("dos.pdf", pdf("2")), title="Un título que no se pierde", lock_version=None)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "llegaron muchos archivos" in page
    assert "Un título que no se pierde" in page
    assert names(queries.by_draft_key(key)) == ["uno.pdf"]
