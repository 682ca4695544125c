"""Real signatures with the demo authority, confirmed by tools that are not ours."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pdfsigner
import pikepdf
import pypdfium2
import pytest
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_bench import (
    JABATAN,
    PASSPHRASE,
    SIGNER_NAME,
    VERIFY,
    a_letter,
    a_request,
    locals_of_the_house,
)

from engine import Secret
from handlers.signing import (
    DemoAuthority,
    PadesSigner,
    SignedPdf,
    SigningRefused,
    WrongPassphrase,
    verify_pdf,
)


def tool(name: str) -> str:
    path = shutil.which(name)
    assert path is not None, f"{name} is missing"
    return path


def test_a_signed_letter_reaches_the_archive_level(
    signed: SignedPdf, authority: DemoAuthority
) -> None:
    verdict = verify_pdf(signed.pdf, authority.trust)

    assert signed.level == "B-LTA"
    assert signed.subject == SIGNER_NAME
    assert verdict.verdict == "valid"
    assert verdict.intact
    assert verdict.trusted
    assert verdict.problems == ()
    assert [(one.field, one.name, one.stamped) for one in verdict.signers] == [
        ("TTE_KADIS", SIGNER_NAME, True)
    ]
    assert abs(signed.signed_at - datetime.now(UTC)) < timedelta(minutes=10)


def test_what_was_seen_is_byte_for_byte_what_is_signed(signed: SignedPdf) -> None:
    assert signed.pdf.startswith(a_letter())


def test_a_second_verifier_that_is_not_pyhanko_agrees(
    signed: SignedPdf, authority: DemoAuthority, tmp_path: Path
) -> None:
    letter, root = tmp_path / "letter.pdf", tmp_path / "root.pem"
    letter.write_bytes(signed.pdf)
    root.write_bytes(authority.root_pem())

    report = pdfsigner.verify_pdf_report(str(letter), roots=str(root))

    assert report["document_intact"]
    assert report["all_trusted"]
    assert [one["valid"] for one in report["signatures"]] == [True, True]


def test_pdfsig_agrees(signed: SignedPdf, tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(signed.pdf)

    said = subprocess.run(
        [tool("pdfsig"), "-nocert", letter], capture_output=True, text=True, check=False
    ).stdout

    assert "Signature Validation: Signature is Valid." in said
    assert f"Signer Certificate Common Name: {SIGNER_NAME}" in said
    assert "Signature Type: ETSI.CAdES.detached" in said


def test_the_visible_block_says_who_signed_and_that_it_is_a_simulation(signed: SignedPdf) -> None:
    document = pikepdf.open(io.BytesIO(signed.pdf))
    fonts = list(document.pages[0].Annots[0].AP.N.Resources.Font.values())
    viewer = pypdfium2.PdfDocument(signed.pdf)
    page = viewer[0]
    pypdfium2.raw.FPDFPage_Flatten(page.raw, pypdfium2.raw.FLAT_NORMALDISPLAY)
    page.close()
    page = viewer[0]
    shown = " ".join(page.get_textpage().get_text_bounded().split())

    assert "Ditandatangani secara elektronik oleh:" in shown
    assert JABATAN in shown
    assert SIGNER_NAME in shown
    assert "SIMULASI, bukan tanda tangan tersertifikasi" in shown
    assert "BSrE" not in shown
    assert all("/FontFile2" in f.DescendantFonts[0].FontDescriptor for f in fonts)


def test_the_qr_code_leads_to_the_verification_page(signed: SignedPdf, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(signed.pdf)
    subprocess.run(
        [tool("pdftoppm"), "-r", "150", "-png", "-singlefile", "letter.pdf", "page"],
        cwd=tmp_path,
        check=True,
    )

    said = subprocess.run(
        [tool("zbarimg"), "-q", "--nodbus", "page.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout

    assert said.strip() == f"QR-Code:{VERIFY}"


def test_signing_leaves_the_metadata_alone(signed: SignedPdf) -> None:
    before, after = (pikepdf.open(io.BytesIO(pdf)) for pdf in (a_letter(), signed.pdf))

    assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
    assert dict(after.trailer.Info.items()) == dict(before.trailer.Info.items())
    with after.open_metadata(update_docinfo=False) as metadata:
        assert metadata.pdfa_status == "2B"


def test_signing_adds_nothing_that_pdfa_forbids(signed: SignedPdf) -> None:
    document = pikepdf.open(io.BytesIO(signed.pdf))
    visible, stamp = document.pages[0].Annots

    for widget in (visible, stamp):
        assert int(widget.F) & 4, "printed"
        assert not int(widget.F) & 0b100011, "neither invisible, hidden nor without view"
    assert f"Tanda tangan elektronik {JABATAN}, {SIGNER_NAME}" == visible.TU
    assert visible.AP.N.Subtype == "/Form"
    assert [float(edge) for edge in stamp.Rect] == [0, 0, 0, 0]
    assert "/NeedAppearances" not in document.Root.AcroForm


def test_revocation_answers_are_inside_the_document(signed: SignedPdf) -> None:
    reader = PdfFileReader(io.BytesIO(signed.pdf))
    store = reader.root[pdf_name("/DSS")]

    assert len(store["/OCSPs"]) == 1
    assert len(store["/CRLs"]) == 1
    assert len(store["/Certs"]) >= 4


def test_a_long_title_and_foreign_letters_fit_the_block(
    signer: PadesSigner, authority: DemoAuthority
) -> None:
    lines = (JABATAN + " KABUPATEN WANAJAYA PROVINSI CONTOH", "Dr. Ñoño Łukasz 王, M.Si. " * 3)

    made = signer.sign(a_request(stamp_lines=lines), Secret(PASSPHRASE))

    assert verify_pdf(made.pdf, authority.trust).verdict == "valid"


def test_percent_signs_in_a_title_are_no_format(signer: PadesSigner) -> None:
    made = signer.sign(a_request(stamp_lines=("KEPALA 100%(s)s", "%(url)s")), Secret(PASSPHRASE))

    assert made.level == "B-LTA"


def test_a_second_signer_signs_after_the_first(
    signer: PadesSigner, signed: SignedPdf, authority: DemoAuthority
) -> None:
    both = signer.sign(
        a_request(pdf=signed.pdf, field="TTE_SEKRETARIS", person="contoh:sekretaris"),
        Secret("sandi-agus"),
    )

    verdict = verify_pdf(both.pdf, authority.trust)

    assert verdict.verdict == "valid", verdict.problems
    assert [one.field for one in verdict.signers] == ["TTE_KADIS", "TTE_SEKRETARIS"]


def test_a_field_that_is_signed_already_is_refused(signer: PadesSigner, signed: SignedPdf) -> None:
    with pytest.raises(SigningRefused, match="sudah ditandatangani"):
        signer.sign(a_request(pdf=signed.pdf), Secret(PASSPHRASE))


def test_a_wrong_passphrase_is_said_and_shown_to_nobody(
    signer: PadesSigner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "Keliru-Sekali-5512"

    with pytest.raises(WrongPassphrase, match=r"Passphrase salah\.") as caught:
        signer.sign(a_request(), Secret(wrong))

    assert wrong not in locals_of_the_house(caught.value)
    assert wrong not in caplog.text


def test_the_right_passphrase_is_shown_to_nobody_either(
    signer: PadesSigner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    with pytest.raises(SigningRefused) as caught:
        signer.sign(a_request(pdf=b"%PDF-1.7 broken"), Secret(PASSPHRASE))

    assert PASSPHRASE not in locals_of_the_house(caught.value)
    assert PASSPHRASE not in caplog.text


def test_a_person_without_a_certificate_is_told_so(signer: PadesSigner) -> None:
    with pytest.raises(SigningRefused, match="belum mempunyai sertifikat"):
        signer.sign(a_request(person="contoh:baru"), Secret(PASSPHRASE))


def test_an_expired_certificate_signs_nothing(signer: PadesSigner) -> None:
    with pytest.raises(SigningRefused, match="tidak berlaku"):
        signer.sign(a_request(person="contoh:pensiun"), Secret(PASSPHRASE))


def test_a_revoked_certificate_signs_nothing_and_old_signatures_stay_valid(
    tmp_path: Path,
) -> None:
    authority = DemoAuthority(tmp_path / "authority")
    authority.enrol("p", "Pejabat", PASSPHRASE)
    signer = PadesSigner(authority)
    before = signer.sign(a_request(person="p"), Secret(PASSPHRASE))

    authority.revoke("p", since=datetime.now(UTC) + timedelta(seconds=0))

    with pytest.raises(SigningRefused, match="dicabut"):
        signer.sign(a_request(person="p"), Secret(PASSPHRASE))
    later = datetime.now(UTC) + timedelta(minutes=5)
    verdict = verify_pdf(before.pdf, authority.trust, at=later)
    assert verdict.verdict == "valid", verdict.problems


def test_a_second_process_finds_the_same_authority(tmp_path: Path) -> None:
    first = DemoAuthority(tmp_path / "authority")
    first.enrol("p", "Pejabat", PASSPHRASE)

    second = DemoAuthority(tmp_path / "authority")
    made = PadesSigner(second).sign(a_request(person="p"), Secret(PASSPHRASE))
    second.enrol("q", "Pejabat Lain", PASSPHRASE)

    assert second.root_pem() == first.root_pem()
    assert verify_pdf(made.pdf, first.trust).verdict == "valid"
    assert PadesSigner(first).sign(a_request(person="q"), Secret(PASSPHRASE)).level == "B-LTA"


def test_enrolling_again_replaces_the_key_and_keeps_old_signatures(tmp_path: Path) -> None:
    authority = DemoAuthority(tmp_path / "authority")
    authority.enrol("p", "Pejabat", "sandi-lama")
    before = PadesSigner(authority).sign(a_request(person="p"), Secret("sandi-lama"))

    authority.enrol("p", "Pejabat", "sandi-baru")

    with pytest.raises(WrongPassphrase):
        PadesSigner(authority).sign(a_request(person="p"), Secret("sandi-lama"))
    assert PadesSigner(authority).sign(a_request(person="p"), Secret("sandi-baru"))
    assert verify_pdf(before.pdf, authority.trust).verdict == "valid"


def test_keys_are_unique_and_private(tmp_path: Path) -> None:
    one, two = (DemoAuthority(tmp_path / name) for name in ("one", "two"))
    one.enrol("../../escape", "Nakal", PASSPHRASE)

    assert one.root_pem() != two.root_pem()
    assert one.enrolled("../../escape")
    assert not (tmp_path / "escape").exists()
    assert (tmp_path / "one" / "BACA-SAYA.txt").read_text().startswith("SIMULASI")
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    private = [path for path in files if b"PRIVATE KEY" in path.read_bytes()]
    assert {path.parent.name for path in private} == {"keys"}
