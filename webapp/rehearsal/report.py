"""The report: what was expected of each play, what was found, in one row a letter."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Kind
from handlers.letters import current_document, letter_row
from handlers.sending import deliveries
from handlers.signing import verify_pdf
from webapp.bootstrap import Office
from webapp.proof import prove
from webapp.rehearsal.stage import Performance

_COLUMNS = (("surat", 10), ("nomor", 34), ("tanda tangan", 13), ("tujuan", 7), ("riwayat", 8))


@dataclass(frozen=True)
class Finding:
    """What was found in the books and on the paper after the play."""

    number: str
    level: str  #: of the signature; "-" when nothing was signed
    delivered: int
    history: int
    warned: bool
    status: str
    signer: str
    reminded: tuple[str, ...]  #: the late performers who were told so
    problems: tuple[str, ...]


def table_head() -> str:
    """Return the names of the columns."""
    return "".join(name.ljust(width) for name, width in _COLUMNS) + "putusan / jalur"


def row_of(office: Office, performance: Performance) -> tuple[str, list[str]]:
    """Return the row of a play, and everything in which it was not as expected."""
    found = _look(office, performance)
    problems = [*found.problems, *_against(performance, found)]
    values = (
        performance.play.name,
        found.number or "-",
        found.level,
        str(found.delivered),
        str(found.history),
    )
    cells = "".join(value.ljust(width) for value, (_, width) in zip(values, _COLUMNS, strict=True))
    verdict = "SESUAI" if not problems else "TIDAK SESUAI"
    return f"{cells}{verdict}  {' > '.join(performance.path)}", problems


def _look(office: Office, performance: Performance) -> Finding:
    if not performance.instance_id or not performance.path:
        return Finding("", "-", 0, 0, False, "", "", (), (performance.stopped,))
    events = office.engine.history(performance.instance_id)
    with office.database.reading() as session:
        row = letter_row(session, performance.letter_id)
        signed = current_document(session, performance.letter_id, "signed")
        delivered = [
            one for one in deliveries(session, performance.letter_id) if one.state == "delivered"
        ]
    level, problems = "-", [performance.stopped] if performance.stopped else []
    if signed is not None:
        verdict = verify_pdf(office.documents.get(signed.sha256), office.trust())
        level = verdict.level
        problems += verdict.problems
    problems += [flaw.sentence for flaw in prove(office, performance.letter_id)]
    return Finding(
        number=str(row.number or ""),
        level=level,
        delivered=len(delivered),
        history=len(events),
        warned=any(event.kind is Kind.WARNING for event in events),
        status=str(row.status),
        signer="" if signed is None else str(signed.signer),
        reminded=tuple(person for person in performance.late if _told(office, performance, person)),
        problems=tuple(problems),
    )


def _told(office: Office, performance: Performance, person: str) -> bool:
    return any(each.letter_id == performance.letter_id for each in office.notices.of(person))


def _against(performance: Performance, found: Finding) -> list[str]:
    """Compare what was found with what the play promises."""
    play = performance.play
    expected = {
        "status akhir": (play.ends, found.status),
        "jumlah tujuan": (play.recipients, found.delivered),
        "peringatan pemisahan tugas": (play.warning or found.warned, found.warned),
        "pengingat keterlambatan": (performance.late, list(found.reminded)),
        "tugas yang terlambat": (play.answers["urgency"] == "sangat_segera", bool(found.reminded)),
        "frasa sandi ditolak": (play.wrong_passphrases, len(performance.told)),
        "langkah yang dilewati": (
            [],
            [element for element in play.skipped if element in performance.path],
        ),
    }
    if play.ends == "archived":
        expected["penanda tangan"] = (play.signer, found.signer)
        expected["bertanda tangan"] = (True, found.level != "-")
        expected["bernomor"] = (True, bool(found.number))
        twice = performance.path.count("send_letter") - 1
        expected["pengiriman diulang"] = (bool(play.failing), bool(twice))
    return [
        f"{name}: diharapkan {wanted}, ditemukan {seen}"
        for name, (wanted, seen) in expected.items()
        if wanted != seen
    ]
