"""A letter of each SOP from draft to verified PDF: every lane a person at a browser of its own."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from acceptance.browser_office import RunningOffice
from acceptance.desk import DESKTOP, PASSPHRASE, PHONE, Desk, Desks
from acceptance.page_checks import hindrances, overhang
from acceptance.paper import manipulated, pdfsig, printed_text, scanned_code, second_opinion
from playwright.sync_api import expect

from handlers.demo import DemoPlay, demo_plays

pytestmark = pytest.mark.browser

INVITATION, REQUEST = (
    next(play for play in demo_plays() if play.name == name) for name in ("S01", "S10")
)
WHEN = "Hari, tanggal : Selasa, 10 Februari 2026\n"
WAITING = "Undangan yang menunggu pemeriksaan"
FORGOTTEN = "Hari dan tanggal rapat belum ditulis."
ENCLOSURE = Path(__file__).resolve().parents[2] / "handlers/demo/data/daftar_permohonan.pdf"


@dataclass(frozen=True)
class Sent:
    """A letter at its end: who keeps its register, where its page is, the PDF as downloaded."""

    officer: str
    subject: str
    path: str
    number: str
    pdf: Path


@pytest.fixture(scope="module")
def invitation(desks: Desks, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A letter of SOP 1.2.12: returned once, signed at the second try, sent."""
    subject = "Undangan Rapat Evaluasi Pertimbangan Teknis"
    body = str(INVITATION.answers["body"])
    drafter, unit_head = desks.of("staf_yan"), desks.of("kasi_usaha")

    drafter.begin_letter()
    forgotten = {"subject": subject, "body": body.removeprefix(WHEN), "attachments": ENCLOSURE}
    drafter.write(typed(INVITATION) | forgotten)
    drafter.album.take(drafter.page, "draft")
    drafter.hand_in("Ajukan untuk diperiksa")

    unit_head.open_task("Memverifikasi konsep surat keluar", subject)
    expect(unit_head.page.get_by_role("link", name=ENCLOSURE.name)).to_be_visible()
    unit_head.album.take(unit_head.page, "review")
    unit_head.send_back(FORGOTTEN)

    drafter.open_task("Memperbaiki konsep surat keluar", subject)
    expect(drafter.page.get_by_role("note")).to_contain_text(FORGOTTEN)
    drafter.album.take(drafter.page, "revise")
    drafter.page.get_by_label("Isi surat").fill(body)
    drafter.page.get_by_label("Ajukan ulang").check()
    drafter.hand_in("Ajukan untuk diperiksa")

    unit_head.open_task("Memverifikasi konsep surat keluar", subject)
    unit_head.approve()
    desks.of("kabid_yan").open_task("Memverifikasi dan memaraf konsep surat", subject)
    desks.of("kabid_yan").approve()
    desks.of("pengelola_surat").open_task("Memberi nomor surat keluar", subject)
    desks.of("pengelola_surat").album.take(desks.of("pengelola_surat").page, "number")
    desks.of("pengelola_surat").hand_in("Beri nomor")

    sign_at_the_second_try(desks.of("kadis"), "Memeriksa dan menandatangani surat keluar", subject)

    desks.of("pengelola_surat").open_task("Mengirimkan surat keluar ke tujuan", subject)
    desks.of("pengelola_surat").hand_in("Kirim")
    return archived(drafter, "pengelola_surat", subject, 4, tmp_path_factory.mktemp("invitation"))


@pytest.fixture(scope="module")
def request_letter(desks: Desks, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A letter of the kecamatan: numbered before anybody checks it, sent by its drafter."""
    subject = "Permohonan Narasumber Pembinaan Arsip Desa"
    drafter = desks.of("staf_kec_pmd")

    drafter.begin_letter()
    drafter.write(typed(REQUEST) | {"subject": subject})
    drafter.hand_in("Ajukan untuk diperiksa")
    desks.of("kasubbag_umpeg").open_task("Memberi nomor sesuai pengajuan surat", subject)
    desks.of("kasubbag_umpeg").hand_in("Beri nomor")
    desks.of("kasi_pmd").open_task("Memeriksa dan memaraf surat", subject)
    desks.of("kasi_pmd").approve()
    desks.of("sekcam").open_task("Memeriksa dan menyetujui surat", subject)
    desks.of("sekcam").approve()
    desks.of("camat").open_task("Memeriksa dan menandatangani surat", subject)
    desks.of("camat").consent(PASSPHRASE)
    expect(desks.of("camat").page.get_by_text("Tersimpan.")).to_be_visible()
    drafter.open_task("Mengirimkan surat ke tujuan", subject)
    drafter.hand_in("Kirim")
    return archived(drafter, "kasubbag_umpeg", subject, 1, tmp_path_factory.mktemp("request"))


@pytest.fixture(scope="module")
def waiting(desks: Desks) -> str:
    """The page of a letter that waits for its first reviewer, on the first version of the SOP."""
    return handed_in(desks.of("staf_yan"), WAITING)


def handed_in(drafter: Desk, subject: str) -> str:
    """Begin a letter, hand it in, and return where its page is."""
    drafter.begin_letter()
    drafter.write(typed(INVITATION) | {"subject": subject})
    drafter.hand_in("Ajukan untuk diperiksa")
    return drafter.path


def typed(play: DemoPlay) -> dict[str, object]:
    """What the drafter types of a sample letter; the date stays today's."""
    left = {"letter_date", "attachments", "source"}
    return {key: value for key, value in play.answers.items() if key not in left and value}


def sign_at_the_second_try(signer: Desk, step: str, subject: str) -> None:
    signer.open_task(step, subject)
    signer.consent("bukan frasa sandinya")
    expect(signer.page.get_by_role("alert")).to_contain_text("Passphrase salah.")
    signer.album.take(signer.page, "wrong-passphrase")

    signer.open_task(step, subject)  # the task is still there, and so is the sentence
    expect(signer.page.get_by_role("alert")).to_contain_text("Passphrase salah.")
    signer.consent(PASSPHRASE)
    expect(signer.page.get_by_text("Tersimpan.")).to_be_visible()


def archived(drafter: Desk, officer: str, subject: str, recipients: int, folder: Path) -> Sent:
    """Wait on the letter's page for the end of the way; take the PDF from there."""
    drafter.open_letter(subject, sentence="Alur surat ini sudah selesai.")
    page = drafter.page
    expect(page.get_by_text(f"{recipients} dari {recipients} tujuan terkirim")).to_be_visible()
    number, state = page.locator("dt", has_text="Nomor").locator("+ dd").inner_text().split()
    assert state == "Terpakai"
    pdf = drafter.download("Unduh PDF", folder / "letter.pdf")
    return Sent(officer, subject, drafter.path, number, pdf)


@pytest.fixture(params=["invitation", "request_letter"])
def sent(request: pytest.FixtureRequest) -> Sent:
    letter: Sent = request.getfixturevalue(request.param)
    return letter


def test_the_returned_letter_remembers_what_was_decided(desks: Desks, invitation: Sent) -> None:
    page = desks.of("staf_yan").page
    desks.of("staf_yan").go(invitation.path)

    happened = page.get_by_role("region", name="Apa yang terjadi")
    expect(happened).to_contain_text(FORGOTTEN)
    expect(happened).to_contain_text("Passphrase salah.")
    expect(page.get_by_role("region", name="Paraf dan keputusan")).to_contain_text(FORGOTTEN)
    expect(page.get_by_role("region", name="Versi")).to_contain_text("Versi 2")


def test_one_number_is_on_the_paper_in_the_register_and_on_the_page(
    desks: Desks, sent: Sent
) -> None:
    officer = desks.of(sent.officer)
    officer.go("/register")

    row = officer.page.get_by_role("row").filter(has_text=sent.subject)
    expect(row).to_contain_text(sent.number)
    assert sent.number in printed_text(sent.pdf)


def test_poppler_and_a_second_verifier_confirm_the_downloaded_letter(
    office: RunningOffice, sent: Sent, tmp_path: Path
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_text(ssl.DER_cert_to_PEM_cert(office.root_certificate.read_bytes()))

    said = pdfsig(sent.pdf)
    report = second_opinion(sent.pdf, roots)

    signature, stamp = said.split("Signature #2:")
    assert "Signature Validation: Signature is Valid." in signature
    assert "Signature Type: ETSI.CAdES.detached" in signature
    # Poppler cannot judge time stamps; it tells that the last one covers every byte.
    assert "  - Total document signed" in stamp
    assert report["document_intact"]
    assert report["all_trusted"]
    assert [one["is_timestamp"] for one in report["signatures"]] == [False, True]
    assert report["signatures"][-1]["covers_whole_document"]


def test_the_code_on_the_paper_leads_everybody_to_the_verification(
    desks: Desks, sent: Sent, tmp_path: Path
) -> None:
    address = scanned_code(sent.pdf, tmp_path)
    reader = desks.anonymous()

    reader.page.goto(address)

    expect(reader.page.get_by_role("status")).to_contain_text("utuh dan ditandatangani")
    expect(reader.page.locator("dl")).to_contain_text(sent.number)
    expect(reader.page.get_by_text("SIMULASI: tanda tangan ini")).to_be_visible()
    reader.album.take(reader.page, "verified")
    original = reader.page.get_by_role("link", name="Lihat surat asli").get_attribute("href")
    assert reader.fetch(str(original)) == sent.pdf.read_bytes()


def test_a_manipulated_copy_is_refused_and_the_original_is_not(
    desks: Desks, sent: Sent, tmp_path: Path
) -> None:
    reader = desks.anonymous()
    copy = manipulated(sent.pdf, tmp_path / "copy.pdf")

    for file, sentence, signer in (
        (copy, "telah berubah", "Tercantum sebagai penanda tangan"),
        (sent.pdf, "utuh dan ditandatangani", "Ditandatangani oleh"),
    ):
        reader.go("/v")
        reader.page.get_by_label("Berkas PDF surat").set_input_files(file)
        reader.page.get_by_role("button", name="Periksa berkas").click()
        told = reader.page.get_by_role("status").first
        expect(told).to_contain_text(sentence)
        expect(told).to_contain_text(signer)
        reader.album.take(reader.page, f"uploaded-{file.stem}")


def test_the_owner_lengthens_a_deadline_and_running_letters_keep_theirs(
    desks: Desks, waiting: str
) -> None:
    drafter, owner = desks.of("staf_yan"), desks.of("bagian.organisasi")
    owner.go("/processes")
    owner.page.get_by_role("article").filter(has_text="SOP 1.2.12").get_by_role(
        "link", name="Ubah diagram"
    ).click()

    lengthen(owner, "review_by_unit_head_overdue", before="PT15M", after="PT30M")
    expect(owner.page.locator("[data-panel]")).to_contain_text("Pewaktu di tepi langkah")
    expect(owner.page.locator(".bts-toggle-mode")).to_have_text("Simulasi")
    owner.page.get_by_role("button", name="Periksa").click()
    expect(owner.page.get_by_text("Tidak ada temuan").first).to_be_visible()
    owner.album.take(owner.page, "modeler")
    owner.page.get_by_role("button", name="Terbitkan").click()
    owner.page.get_by_role("button", name="Ya, terbitkan").click()

    expect(owner.page.get_by_text("Versi 2 terbit")).to_be_visible()
    expect(owner.page.get_by_role("row").filter(has_text="berlaku")).to_contain_text("Versi 2")
    owner.album.take(owner.page, "versions")
    later = handed_in(drafter, "Undangan sesudah batas waktu diperpanjang")
    for path, version in ((waiting, "versi 1"), (later, "versi 2")):
        drafter.go(path)
        drafter.page.get_by_text("Tunjukkan pada diagram").click()
        expect(drafter.page.get_by_text("SOP yang diikuti surat ini")).to_contain_text(version)


def lengthen(owner: Desk, timer: str, *, before: str, after: str) -> None:
    """Change the duration of a deadline in the properties panel."""
    expect(owner.page.locator("[data-modeler][data-ready]")).to_be_visible()
    owner.page.locator(f'[data-element-id="{timer}"] .djs-hit').first.click()
    owner.page.get_by_text("Pewaktu", exact=True).click()
    duration = owner.page.locator("#bio-properties-panel-timerEventDefinitionValue")
    expect(duration).to_have_value(before)
    duration.fill(after)
    duration.press("Tab")
    expect(owner.page.locator("[data-state]")).to_contain_text("belum diterbitkan")


def test_the_auditor_replays_the_returned_letter_forwards_and_backwards(
    desks: Desks, invitation: Sent
) -> None:
    auditor = desks.of("inspektorat")
    page = auditor.page
    auditor.go("/audit")
    page.get_by_role("link", name=invitation.subject).click()
    expect(page.locator("[data-replay][data-ready]")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("tanda tangan elektronik")
    expect(page.locator("#verdict")).to_contain_text("Utuh")
    moment, current = page.locator("[data-moment]"), page.locator("[aria-current=step]")
    expect(page.locator('.djs-shape[data-element-id="letter_needed"]')).to_be_in_viewport()

    for _ in range(2):
        page.get_by_role("button", name="Maju satu kejadian").click()
    expect(moment).to_contain_text(FORGOTTEN)
    expect(moment).to_contain_text("Kepala Seksi Pelayanan Perizinan Berusaha")
    auditor.album.take(page, "replay-returned")
    page.get_by_role("button", name="Ke akhir").click()
    expect(current).to_contain_text("Surat selesai")
    page.get_by_role("button", name="Mundur satu kejadian").click()
    expect(current).not_to_contain_text("Surat selesai")
    page.keyboard.press("Home")
    expect(current).to_contain_text("Surat dimulai")
    page.keyboard.press("ArrowRight")
    expect(current).to_contain_text("konsep")

    page.get_by_label("Hanya tindakan dan kendala").uncheck()
    events = int(str(page.locator("[data-range]").get_attribute("max"))) + 1
    page.locator("[data-range]").fill(str(events - 1))
    expect(page.locator("[data-count]")).to_have_text(f"{events} / {events}")
    page.get_by_text("Seluruh kejadian sebagai tabel").click()
    expect(page.locator("#table tbody tr")).to_have_count(events)
    assert [name for name in page.locator("#table code").all_inner_texts() if "_" in name] == []


@dataclass(frozen=True)
class Shown:
    """A page that everybody must be able to use: who opens it, and where it is."""

    name: str
    person: str
    path: str


@pytest.fixture(scope="module")
def shown(desks: Desks, invitation: Sent, waiting: str) -> list[Shown]:
    """The pages on which most of the work is done, with something on each of them."""
    unit_head, auditor = desks.of("kasi_usaha"), desks.of("inspektorat")
    owner = desks.of("bagian.organisasi")
    owner.go("/processes")
    sop = owner.page.get_by_role("link", name="Lihat SOP").last.get_attribute("href")
    unit_head.open_task("Memverifikasi konsep surat keluar", WAITING)
    auditor.go("/audit")
    replay = auditor.page.get_by_role("link", name=invitation.subject).get_attribute("href")
    return [
        Shown("inbox", "kasi_usaha", "/tasks"),
        Shown("task", "kasi_usaha", unit_head.path),
        Shown("letter", "staf_yan", invitation.path),
        Shown("register", "pengelola_surat", "/register"),
        Shown("numbers", "pengelola_surat", "/numbers"),
        Shown("incidents", "staf_dasi", "/incidents"),
        Shown("messages", "staf_dasi", "/messages"),
        Shown("processes", "bagian.organisasi", "/processes"),
        Shown("sop", "bagian.organisasi", sop),
        Shown("modeler", "bagian.organisasi", f"{sop}/edit"),
        Shown("replay", "inspektorat", str(replay)),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_hinders_people_with_disabilities(
    desks: Desks, shown: list[Shown], theme: Literal["light", "dark"]
) -> None:
    found = {}
    for each in shown:
        desk = desks.of(each.person)
        desk.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        desk.go(each.path)
        desk.settle()
        desk.album.take(desk.page, f"{each.name}-{theme}")
        found[each.name] = hindrances(desk.page)

    assert found == {each.name: [] for each in shown}


def test_no_page_is_wider_than_a_phone(desks: Desks, shown: list[Shown]) -> None:
    found = {}
    for each in shown:
        desk = desks.of(each.person)
        desk.page.set_viewport_size(PHONE)
        desk.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        desk.go(each.path)
        desk.settle()
        desk.album.take(desk.page, f"{each.name}-phone")
        found[each.name] = overhang(desk.page)
        desk.page.set_viewport_size(DESKTOP)

    assert found == {each.name: 0 for each in shown}


def test_no_page_complained(desks: Desks, shown: list[Shown]) -> None:
    assert shown
    assert desks.complaints == []
