"""Inside the strict gate: every question that is asked of a signed PDF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from handlers.signing.long_term import dss_has_answers, judged_long_term
from handlers.signing.running import run_to_end
from handlers.signing.trust import RevocationNews, Trust
from handlers.signing.verdict import Answer, Limits, SignerSeen, Verdict, doubt

_LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
_WHITE = b"\r\n \t\0"

#: A reason, and whether it proves the document false ("invalid") or only leaves us in doubt.
_Reason = tuple[Answer, str]


def strict_policy() -> StandardDiffPolicy:
    """Only signatures, validation data and time stamps may follow a signature."""
    late = ModificationLevel.LTA_UPDATES
    return StandardDiffPolicy(
        global_rules=[
            CatalogModificationRule(),  # type: ignore[no-untyped-call]
            XrefStreamRule().as_qualified(late),
            ObjectStreamRule().as_qualified(late),
            DSSCompareRule().as_qualified(late),
        ],
        form_rule=FormUpdatingRule(
            field_rules=[
                SigFieldCreationRule(),  # type: ignore[no-untyped-call]
                SigFieldModificationRule(),
            ]
        ),
    )


def judge(pdf: bytes, trust: Trust, at: datetime | None, limits: Limits) -> Verdict:
    """Judge a PDF; see ``gate.verify_pdf``."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        if refusal := _out_of_bounds(reader, limits):
            return doubt(refusal)
        if not reader.embedded_signatures and not _filled(reader):
            return Verdict("unsigned", problems=("Dokumen ini tidak ditandatangani.",))
        return run_to_end(_judge_signatures(pdf, reader, trust, at))
    except Exception as problem:  # any doubt is a refusal, also one of the reader's own making
        return doubt(f"Susunan PDF tidak dapat dipastikan ({type(problem).__name__}).")


def _out_of_bounds(reader: PdfFileReader, limits: Limits) -> str:
    if reader.encrypted:
        return "Dokumen terkunci dengan kata sandi."
    if int(reader.root["/Pages"]["/Count"]) > limits.pages:
        return "Dokumen mempunyai terlalu banyak halaman untuk diperiksa."
    if len(reader.embedded_signatures) > limits.signatures:
        return "Dokumen mempunyai terlalu banyak tanda tangan untuk diperiksa."
    return ""


def _filled(reader: PdfFileReader) -> int:
    return len(list(fields.enumerate_sig_fields(reader, filled_status=True)))


async def _judge_signatures(
    pdf: bytes, reader: PdfFileReader, trust: Trust, at: datetime | None
) -> Verdict:
    news = trust.news()
    reasons = list(_about_file(pdf, reader))
    seen: list[SignerSeen] = []
    levels: list[str] = []
    found = reader.embedded_regular_signatures
    for place, signature in enumerate(found):
        context = _context(trust, news, at)
        status = await async_validate_pdf_signature(signature, context, diff_policy=strict_policy())
        about = list(_about_integrity(status, last=place == len(found) - 1))
        trusted = not about and await _is_trusted((pdf, place), status, trust, news, at)
        if not about and not trusted:
            about.append(_why_not_trusted(status))
        reasons += about
        seen.append(_seen(signature, status, intact=not _spoiled(about), trusted=trusted))
        levels.append(_level(reader, status))
    reasons += await _about_timestamps(reader, _context(trust, news, at))
    return _verdict(reasons, seen, levels)


def _verdict(reasons: list[_Reason], seen: list[SignerSeen], levels: list[str]) -> Verdict:
    answer: Answer = "valid" if seen and not reasons else "unknown"
    if any(kind == "invalid" for kind, _ in reasons):
        answer = "invalid"
    return Verdict(
        verdict=answer,
        intact=not _spoiled(reasons),
        trusted=bool(seen) and all(one.trusted for one in seen),
        level=min(levels, key=_LEVELS.index, default=""),
        signers=tuple(seen),
        problems=tuple(dict.fromkeys(sentence for _, sentence in reasons)),
    )


def _spoiled(reasons: list[_Reason]) -> bool:
    return any(kind == "invalid" for kind, _ in reasons)


def _context(trust: Trust, news: RevocationNews, at: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(trust.issuers),
        crls=list(news.crls),
        ocsps=list(news.ocsps),
        moment=at,
        allow_fetching=False,
        revocation_mode="require",
    )


def _about_file(pdf: bytes, reader: PdfFileReader) -> Iterator[_Reason]:
    if _filled(reader) != len(reader.embedded_signatures):
        yield "invalid", "Ada kolom tanda tangan yang isinya tidak lengkap."
    if not reader.embedded_regular_signatures:
        yield "unknown", "Dokumen hanya memuat cap waktu, tanpa tanda tangan."
    # A reader of pyHanko's kind sees no revision there, yet viewers show what it holds.
    if pdf[pdf.rfind(b"%%EOF") + 5 :].strip(_WHITE):
        yield "invalid", "Ada isi yang ditambahkan sesudah dokumen ditandatangani."


def _about_integrity(status: PdfSignatureStatus, *, last: bool) -> Iterator[_Reason]:
    if not (status.intact and status.valid):
        yield "invalid", "Isi dokumen berubah sesudah ditandatangani."
        return
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        yield "invalid", "Tanda tangan tidak mencakup seluruh dokumen."
    if not status.docmdp_ok:
        yield "invalid", "Dokumen diubah dengan cara yang tidak diizinkan penanda tangan."
    level = status.modification_level
    limit = ModificationLevel.LTA_UPDATES if last else ModificationLevel.FORM_FILLING
    if level is None or level > limit:
        yield "invalid", "Ada perubahan pada dokumen sesudah ditandatangani."
    elif level == ModificationLevel.NONE and status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        yield "invalid", "Ada isi yang ditambahkan sesudah dokumen ditandatangani."
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        yield "invalid", "Cap waktu tanda tangan tidak cocok."


async def _is_trusted(
    document: tuple[bytes, int],
    status: PdfSignatureStatus,
    trust: Trust,
    news: RevocationNews,
    at: datetime | None,
) -> bool:
    """Believe the certificate as of now, or as of the proven time of signing."""
    stamp = status.timestamp_validity
    if status.trusted and (stamp is None or stamp.trusted):
        return True
    return await judged_long_term(*document, trust, news, at)


def _why_not_trusted(status: PdfSignatureStatus) -> _Reason:
    indication = status.trust_problem_indic
    name = indication.standard_name if indication is not None else ""
    if status.revoked or "REVOKED" in name:
        return "invalid", "Sertifikat penanda tangan telah dicabut."
    if name in ("EXPIRED", "OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED", "NOT_YET_VALID"):
        return "invalid", "Sertifikat penanda tangan tidak berlaku pada waktu penandatanganan."
    if name in ("CHAIN_CONSTRAINTS_FAILURE", "SIG_CONSTRAINTS_FAILURE"):
        return "invalid", "Sertifikat ini bukan untuk menandatangani dokumen."
    if name in ("NO_CERTIFICATE_CHAIN_FOUND", "NO_SIGNING_CERTIFICATE_FOUND"):
        return "unknown", "Penerbit sertifikat penanda tangan tidak dikenal."
    return "unknown", "Keabsahan sertifikat penanda tangan tidak dapat dipastikan."


async def _about_timestamps(reader: PdfFileReader, context: ValidationContext) -> list[_Reason]:
    reasons: list[_Reason] = []
    for stamp in reader.embedded_timestamp_signatures:
        status = await async_validate_pdf_timestamp(stamp, context, diff_policy=strict_policy())
        if not (status.intact and status.valid):
            reasons.append(("invalid", "Cap waktu arsip tidak cocok dengan dokumen."))
    return reasons


def _seen(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, intact: bool, trusted: bool
) -> SignerSeen:
    subject = status.signing_cert.subject
    stamp = status.timestamp_validity
    return SignerSeen(
        field=signature.field_name,
        name=str(subject.native.get("common_name", "")),
        subject=str(subject.human_friendly),
        signed_at=stamp.timestamp if stamp is not None else status.signer_reported_dt,
        stamped=stamp is not None,
        intact=intact,
        trusted=trusted,
    )


def _level(reader: PdfFileReader, status: PdfSignatureStatus) -> str:
    if status.timestamp_validity is None:
        return "B-B"
    if not dss_has_answers(reader):
        return "B-T"
    return "B-LTA" if reader.embedded_timestamp_signatures else "B-LT"
