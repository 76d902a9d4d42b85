"""Files that go with a proposal: kept with the draft at once, changed while the text may be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import audit, calendar, clock, files, limits
from intake.core.errors import Conflict, Invalid, TooMany
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import attached, queries, writing
from intake.reception.queries import attached as reading
from intake.reception.services.moves import stages_of
from models import ProposalFile, ProposalVersion
from models.enums import ProposalFileKind, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.core.i18n import Text
    from intake.core.identity import Principal
    from models import Proposal, StoredFile

_TAKES = _l("Ese archivo no se acepta. Adjunte un PDF, Word, Excel u OpenDocument, o una imagen JPG, PNG o WebP.")
#: Files that come from one network address: a class of thirty, each with all its files, within the hour.
FROM_NETWORK = limits.Limit("proposal_files", times=150, minutes=60)


def attach(
    proposal: Proposal, upload: files.Upload, description: str, *, by: Principal, address: str = ""
) -> ProposalFile:
    """Keep a file with the proposal; one that is there already is not kept twice, and takes the words that come.

    ``address``: the network address it came from, "" for none to count. A picture without ``description`` is kept with
    a draft, which cannot be sent before the picture says what it shows.
    A document loses who wrote it, a picture where it was taken (`files.cleaned`). Raises `Invalid` (empty, too large,
    too many, of another kind, broken, impossible to clean, undescribed once sent), `Conflict`, `StageClosed`.
    """
    if address and not by.is_staff:
        _count(address)
    if files.judge(upload, takes=_TAKES) not in attached.ACCEPTED:
        raise Invalid(_TAKES, field="file")
    given = files.cleaned(upload, longest_side=attached.LONGEST_SIDE, bare=True)  # while nobody waits for it
    words = clean(description)[: attached.DESCRIPTION_CHARACTERS]
    with transaction():
        _take(proposal, by)
        kept = reading.files_of(proposal)
        if (same := next((row for row in kept if row.file.sha256 == given.sha256), None)) is not None:
            if words:
                _say_anew(proposal, same, words, by=by)
            return same
        _refuse_too_much(kept, len(given.content))
        row = _row(proposal, files.store(given, by=by), words)
        db.session.add(row)
        db.session.flush()
        audit.record("proposal.attach_file", proposal, by=by, extra=_as_version(proposal, row))
    return row


def _count(address: str) -> None:
    """Count it before any work is done for it. Raises `Invalid`: it is said at the field, and the text is kept."""
    try:
        limits.hit(FROM_NETWORK, address, words=_many_files)
    except TooMany as error:
        raise Invalid(error.message, field="file") from error


def _many_files(minutes: int) -> Text:
    words: Text = lazy_ngettext(
        "Desde su red llegaron muchos archivos en la última hora. Espere %(num)s minuto y vuelva a elegirlo.",
        "Desde su red llegaron muchos archivos en la última hora. Espere %(num)s minutos y vuelva a elegirlo.",
        minutes,
    )
    return words


def _take(proposal: Proposal, by: Principal) -> None:
    """Lock the proposal, its texts as they are now, and see that its author may change it now."""
    read = proposal.lock_version
    db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
    if proposal.lock_version != read:  # corrected while a file was cleaned: the next version keeps that text
        db.session.refresh(proposal)
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    if proposal.status is ProposalStatus.DRAFT:
        return
    if proposal.status is not ProposalStatus.SUBMITTED:
        raise Conflict(_l("Su propuesta ya está en análisis y sus archivos no se pueden cambiar."))
    calendar.require_open(stages_of(proposal.plan_id), StageKind.RECEPTION)


def _refuse_too_much(kept: Sequence[ProposalFile], size: int) -> None:
    if len(kept) >= attached.MOST_FILES:
        raise Invalid(
            _l("Ya hay %(most)d archivos, que es el máximo. Quite uno para añadir otro.", most=attached.MOST_FILES),
            field="file",
        )
    total = sum(row.file.size_bytes for row in kept) + size
    if total > attached.MOST_BYTES:
        most = attached.MOST_BYTES // attached.MEGABYTE
        raise Invalid(_l("Todos los archivos juntos pasarían de %(most)d MB.", most=most), field="file")


def _row(proposal: Proposal, stored: StoredFile, words: str) -> ProposalFile:
    kind = attached.kind_of(stored.media_type)
    if kind is ProposalFileKind.PICTURE and not words:
        if proposal.status is not ProposalStatus.DRAFT:
            raise Invalid(
                _l("Diga qué se ve en la imagen y vuelva a elegirla: sin eso no se publica."), field="file_description"
            )
        words = attached.NO_WORDS
    db.session.flush()
    last = sa.select(sa.func.max(ProposalFile.position)).where(ProposalFile.proposal_id == proposal.id)
    return ProposalFile(
        proposal_id=proposal.id,
        file=stored,
        kind=kind,
        description=words,
        position=(db.session.scalar(last) or 0) + 1,
        added_at=clock.now(),
    )


def detach(proposal: Proposal, ref: str, *, by: Principal) -> bool:
    """Take a file (`attached.ref_of`) away for good, its bytes too; False where it was gone. Raises as `attach`."""
    with transaction():
        _take(proposal, by)
        row = next((row for row in reading.files_of(proposal) if attached.ref_of(row) == ref), None)
        if row is None:
            return False
        stored = row.file
        db.session.delete(row)
        db.session.flush()
        audit.record("proposal.detach_file", proposal, by=by, extra=_as_version(proposal, row))
        _unstore(stored)
    return True


def describe(proposal: Proposal, words: Mapping[str, str], *, by: Principal) -> None:
    """Change what files are said to show: ``words`` by reference. A picture keeps some. Raises as `attach`."""
    with transaction():
        _take(proposal, by)
        for row in reading.files_of(proposal):
            said = clean(words.get(attached.ref_of(row), row.description))[: attached.DESCRIPTION_CHARACTERS]
            if row.kind is ProposalFileKind.PICTURE and not said:
                said = attached.NO_WORDS if proposal.status is ProposalStatus.DRAFT else row.description
            _say_anew(proposal, row, said, by=by)


def _say_anew(proposal: Proposal, row: ProposalFile, words: str, *, by: Principal) -> None:
    """Give a kept file other words, if they are others."""
    if words != row.description:
        row.description = words
        db.session.flush()
        audit.record("proposal.describe_file", proposal, by=by, extra=_as_version(proposal, row))


def forget_all(proposal: Proposal) -> None:
    """Take every file of a proposal that is being deleted, with its bytes. Joins the caller's transaction."""
    query = sa.select(ProposalFile).where(ProposalFile.proposal_id == proposal.id)
    rows = db.session.scalars(query.options(joinedload(ProposalFile.file))).all()
    kept = [row.file for row in rows]
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    for stored in kept:
        _unstore(stored)


def _unstore(stored: StoredFile) -> None:
    db.session.flush()
    db.session.delete(stored)
    files.discard_after_commit(stored)


def _as_version(proposal: Proposal, row: ProposalFile) -> dict[str, str]:
    """Once sent, a change of files is a version too, and the trace names the file; of a draft it says nothing more."""
    if proposal.status is ProposalStatus.DRAFT:
        return {}
    queries.complete(proposal)
    last = sa.select(sa.func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
    number = (db.session.scalar(last) or 0) + 1
    proposal.updated_at = now = clock.now()
    content = writing.content(proposal)
    db.session.add(ProposalVersion(proposal_id=proposal.id, number=number, content=content, edited_at=now))
    return {"file": row.file.name}
