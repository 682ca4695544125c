"""The strict gate against everything that can be done to a signed letter."""

from __future__ import annotations

import dataclasses
import io
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from signing_bench import PASSPHRASE, SIGNER, a_letter, a_request

from engine import Secret
from handlers.signing import (
    DemoAuthority,
    Limits,
    PadesSigner,
    RevocationNews,
    SignedPdf,
    Trust,
    verify_pdf,
)

FORGED = "Setujui pembayaran Rp 900.000.000"


def patched(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def resaved(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def add_annotation(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (90, 400, 400, 460))),
            pdf_name("/Contents"): generic.pdf_string(FORGED),
        }
    )
    page = writer.find_page_for_modification(0)[0]
    writer.register_annotation(page, writer.add_object(note))


def replace_content(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    stream = generic.StreamObject(stream_data=b"BT /F1 30 Tf 100 400 Td (PALSU) Tj ET")
    page["/Contents"] = writer.add_object(stream)
    writer.update_container(page)


def add_page(writer: IncrementalPdfFileWriter) -> None:
    content = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 595, 842)))


def change_info(writer: IncrementalPdfFileWriter) -> None:
    title = generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("Judul lain")})
    writer.set_info(title)


def change_xmp(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Metadata"] = writer.add_object(generic.StreamObject(stream_data=b"<x/>"))
    writer.update_root()


def change_stamp(writer: IncrementalPdfFileWriter) -> None:
    """The shadow attack: the look of the signature is swapped, its value stays."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    stream = generic.StreamObject(stream_data=b"BT (Orang lain) Tj ET")
    stream["/Type"], stream["/Subtype"] = pdf_name("/XObject"), pdf_name("/Form")
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(stream)})
    writer.update_container(field)


def empty_signature(writer: IncrementalPdfFileWriter) -> None:
    """Universal signature forgery: the field stays filled, its value says nothing."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = writer.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")}))
    writer.update_container(field)


def body_without_xref(signed: bytes) -> bytes:
    """Objects after %%EOF with a broken trailer: viewers rebuild the file and show them."""
    reader = PdfFileReader(io.BytesIO(signed))
    root = reader.trailer.raw_get("/Root").idnum
    pages = reader.root.raw_get("/Pages").idnum
    stream = f"BT /F1 20 Tf 80 600 Td ({FORGED}) Tj ET"
    tail = f"""
{pages} 0 obj
<< /Type /Pages /Kids [990 0 R] /Count 1 >>
endobj
990 0 obj
<< /Type /Page /MediaBox [0 0 595 842] /Parent {pages} 0 R /Contents 991 0 R
/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>
endobj
991 0 obj
<< /Length {len(stream)} >>
stream
{stream}
endstream
endobj
xref
trailer
<< /Root {root} 0 R >>
startxref
{len(signed) + 7} %x"""
    return signed + tail.encode()


def signature_bytes(pdf: bytes) -> tuple[int, int]:
    """Where the hexadecimal digits of the first signature start, and how long its DER is."""
    first, length, second, _ = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0].byte_range
    start = first + length + 1
    content = bytes.fromhex(pdf[start : second - 1].decode())
    return start, len(cms.ContentInfo.load(content).dump())


def flip_in_text(pdf: bytes) -> bytes:
    place = pdf.index(b"stream\n") + 40
    return patched(pdf, place, bytes([pdf[place] ^ 1]))


def flip_in_signature(pdf: bytes) -> bytes:
    start, length = signature_bytes(pdf)
    place = start + 2 * (length - 600)
    return patched(pdf, place, b"0" if pdf[place : place + 1] != b"0" else b"1")


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "one byte of the text": flip_in_text,
    "one digit of the signature": flip_in_signature,
    "a comment after the end": lambda pdf: pdf + b"\n% halo\n",
    "a body without a usable xref": body_without_xref,
    "an annotation added": lambda pdf: resaved(pdf, add_annotation),
    "the page content replaced": lambda pdf: resaved(pdf, replace_content),
    "a page added": lambda pdf: resaved(pdf, add_page),
    "the title rewritten": lambda pdf: resaved(pdf, change_info),
    "the metadata rewritten": lambda pdf: resaved(pdf, change_xmp),
    "the visible block swapped": lambda pdf: resaved(pdf, change_stamp),
    "the signature emptied": lambda pdf: resaved(pdf, empty_signature),
    "the end cut off": lambda pdf: pdf[:-400],
    "saved again without a change": lambda pdf: resaved(pdf, lambda writer: writer.update_root()),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_a_letter_that_was_tampered_with_is_not_valid(
    way: str, signed: SignedPdf, authority: DemoAuthority
) -> None:
    tampered = TAMPERED[way](signed.pdf)

    verdict = verify_pdf(tampered, authority.trust)

    assert verdict.verdict in ("invalid", "unknown"), way
    assert verdict.problems


@pytest.mark.parametrize(
    "way",
    [way for way in TAMPERED if way not in ("the end cut off", "saved again without a change")],
)
def test_proven_changes_are_called_changes(
    way: str, signed: SignedPdf, authority: DemoAuthority
) -> None:
    verdict = verify_pdf(TAMPERED[way](signed.pdf), authority.trust)

    assert (verdict.verdict, verdict.intact) in (("invalid", False), ("unknown", False))


async def _plain(authority: DemoAuthority, person: str, passphrase: str, **more: Any) -> bytes:
    """A signature at B-B as a careless tool makes it."""
    credential = authority.unlock(person, Secret(passphrase))
    metadata = PdfSignatureMetadata(
        field_name="TTE", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, **more
    )
    out = await PdfSigner(metadata, credential).async_sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(a_letter()))
    )
    return bytes(out.getvalue())


def plain(authority: DemoAuthority, person: str, passphrase: str = PASSPHRASE) -> bytes:
    import asyncio

    return asyncio.run(_plain(authority, person, passphrase))


def test_a_bare_signature_is_valid_at_the_lowest_level(authority: DemoAuthority) -> None:
    verdict = verify_pdf(plain(authority, SIGNER), authority.trust)

    assert (verdict.verdict, verdict.level) == ("valid", "B-B")
    assert not verdict.signers[0].stamped


def test_an_expired_signer_is_not_valid(authority: DemoAuthority) -> None:
    verdict = verify_pdf(plain(authority, "contoh:pensiun"), authority.trust)

    assert (verdict.verdict, verdict.trusted) == ("invalid", False)
    assert "tidak berlaku" in verdict.problems[0]


def test_a_revoked_signer_is_not_valid(tmp_path: Path) -> None:
    authority = DemoAuthority(tmp_path / "authority")
    authority.enrol("p", "Pejabat", PASSPHRASE)
    authority.revoke("p", since=datetime.now(UTC) - timedelta(hours=1))

    verdict = verify_pdf(plain(authority, "p"), authority.trust)

    assert (verdict.verdict, verdict.intact) == ("invalid", False)
    assert verdict.problems == ("Sertifikat penanda tangan telah dicabut.",)


def test_an_authority_of_the_same_name_with_another_key_is_not_believed(
    signed: SignedPdf, tmp_path: Path
) -> None:
    rogue = DemoAuthority(tmp_path / "rogue")

    verdict = verify_pdf(signed.pdf, rogue.trust)

    assert (verdict.verdict, verdict.intact, verdict.trusted) == ("unknown", True, False)


def test_without_any_root_nothing_is_valid(signed: SignedPdf) -> None:
    assert verify_pdf(signed.pdf, Trust(roots=())).verdict == "unknown"


def test_missing_news_of_revocation_is_a_doubt(authority: DemoAuthority) -> None:
    silent = dataclasses.replace(authority.trust, news=RevocationNews)

    verdict = verify_pdf(plain(authority, SIGNER), silent)

    assert verdict.verdict == "unknown"


def test_an_archived_letter_is_valid_by_what_it_carries_alone(
    signed: SignedPdf, authority: DemoAuthority
) -> None:
    alone = dataclasses.replace(authority.trust, issuers=(), news=RevocationNews)

    verdict = verify_pdf(signed.pdf, alone)

    assert (verdict.verdict, verdict.level) == ("valid", "B-LTA"), verdict.problems


@pytest.mark.parametrize("years", [1, 5])
def test_a_letter_stays_valid_after_its_certificate_expired(
    years: int, signed: SignedPdf, authority: DemoAuthority
) -> None:
    day = datetime.now(UTC) + timedelta(days=365 * years)
    trust = dataclasses.replace(authority.trust, news=lambda: authority.news_at(day))

    verdict = verify_pdf(signed.pdf, trust, at=day)

    assert verdict.verdict == "valid", verdict.problems


def test_a_letter_without_signature_is_called_unsigned(authority: DemoAuthority) -> None:
    verdict = verify_pdf(a_letter(), authority.trust)

    assert verdict.verdict == "unsigned"
    assert verdict.signers == ()


@pytest.mark.parametrize("rubbish", [b"", b"%PDF-1.7", b"halo", b"\0" * 100_000, b"PK\3\4"])
def test_what_is_no_pdf_is_refused_in_a_sentence(rubbish: bytes, authority: DemoAuthority) -> None:
    verdict = verify_pdf(rubbish, authority.trust)

    assert verdict.verdict == "unknown"
    assert "tidak dapat dipastikan" in verdict.problems[0]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(size=1000), "terlalu besar"),
        (Limits(pages=0), "terlalu banyak halaman"),
        (Limits(signatures=0), "terlalu banyak tanda tangan"),
        (Limits(seconds=0.0), "terlalu lama"),
    ],
)
def test_a_file_that_costs_too_much_is_not_judged(
    limits: Limits, sentence: str, signed: SignedPdf, authority: DemoAuthority
) -> None:
    verdict = verify_pdf(signed.pdf, authority.trust, limits=limits)

    assert verdict.verdict == "unknown"
    assert sentence in verdict.problems[0]


def test_signing_and_judging_never_touch_the_network(
    signer: PadesSigner, authority: DemoAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *host, **_: asked.append(host))
    monkeypatch.setattr(socket.socket, "connect", lambda *place: asked.append(place))

    made = signer.sign(a_request(), Secret(PASSPHRASE))
    verify_pdf(made.pdf, Trust(roots=authority.trust.roots))

    assert asked == []
