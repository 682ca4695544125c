"""Staff take a letter through the SOP, page by page, without JavaScript."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from staff_for_tests import DRAFT, PASSPHRASE, Browser, DemoOffice, file, open_demo_office

from handlers.organisation import appoint, end_holding


def test_a_letter_goes_from_draft_to_a_verified_pdf(demo: DemoOffice) -> None:
    drafter = begin(demo, subject="Undangan lurus")
    assert "Kepala Seksi Pelayanan Perizinan Berusaha" in drafter.text

    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer("Undangan lurus", decision="approve")
    officer = demo.sign_in("pengelola_surat")
    officer.answer("Undangan lurus", letter_date="2026-11-23")
    demo.work()
    head = demo.sign_in("kadis")
    head.answer("Undangan lurus", decision="approve", consent="on", passphrase=PASSPHRASE)
    officer.answer("Undangan lurus")
    demo.work()

    letter = officer.get(officer.path)
    assert "Diarsipkan" in letter.text
    assert "1 dari 1 tujuan terkirim" in letter.text
    public = Browser(demo.app)
    public.get(letter.page.xpath("//a[contains(@href,'/v/')]/@href")[0])
    assert "Dokumen ini utuh dan ditandatangani secara elektronik." in public.text
    assert "SIMULASI" in public.text
    assert "19700312" not in public.text  # no NIP for everybody
    assert "Undangan lurus" in officer.get("/register").text
    assert officer.client.get("/register.xlsx").data.startswith(b"PK")


def test_a_returned_letter_comes_back_with_its_reason_and_a_readable_difference(
    demo: DemoOffice,
) -> None:
    drafter = begin(demo, subject="Undangan kembali")

    reviewer = demo.sign_in("kasi_usaha")
    refused = reviewer.answer("Undangan kembali", decision="return")
    assert refused.status == 422
    assert "Alasan pengembalian" in refused.errors
    reviewer.answer("Undangan kembali", decision="return", reason="Tanggal acara keliru.")

    drafter.open("Undangan kembali")
    assert "Tanggal acara keliru." in drafter.text
    changed = {**DRAFT, "subject": "Undangan kembali", "body": "Kami mengundang Saudara besok."}
    drafter.submit(drafter.path, decision="resubmit", **changed)
    drafter.get(f"{drafter.path}/compare?before=1&after=2")
    assert drafter.page.xpath("//ins[contains(., 'besok')]")
    assert drafter.page.xpath("//del[contains(., 'Selasa')]")


def test_of_letters_due_together_the_faster_stands_first(demo: DemoOffice) -> None:
    for urgency in ("biasa", "sangat_segera", "segera"):
        begin(demo, subject=f"Undangan bersama {urgency}", urgency=urgency)
    with sqlite3.connect(demo.office.settings.home / "alur.db") as database:
        database.execute("UPDATE task SET due_at = (SELECT max(due_at) FROM task)")

    inbox = demo.sign_in("kasi_usaha").get("/tasks?q=bersama")
    subjects = inbox.page.xpath("//tbody//th//a/text()")

    assert [each.split()[-1] for each in subjects] == ["sangat_segera", "segera", "biasa"]
    assert inbox.page.xpath("//tbody//th/@data-label") == ["Surat"] * 3
    inbox.client.set_cookie("language", "en")
    assert inbox.get("/tasks?q=bersama").page.xpath("//tbody//th/@data-label") == ["Letter"] * 3


def test_a_name_that_ends_in_a_period_ends_a_sentence_with_one(demo: DemoOffice) -> None:
    drafter = begin(demo, subject="Undangan bertitik")
    reviewer = demo.sign_in("kasi_usaha")
    reviewer.answer("bertitik", decision="return", reason="Tanggal keliru.")

    notices = drafter.get("/notices").text

    assert "dikembalikan oleh Jaka Setyabudhi, S.STP. Alasan" in notices


def test_a_wrong_passphrase_returns_to_the_signer_and_is_shown_nowhere(demo: DemoOffice) -> None:
    begin(demo, subject="Undangan salah sandi")
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer("salah sandi", decision="approve")
    demo.sign_in("pengelola_surat").answer("salah sandi", letter_date="2026-11-23")
    demo.work()

    head = demo.sign_in("kadis")
    head.answer("salah sandi", decision="approve", consent="on", passphrase="bukan-ini-sandinya")

    assert "Passphrase salah" in head.text
    assert "/tasks/" in head.path
    database = (demo.office.settings.home / "alur.db").read_bytes()
    assert b"bukan-ini-sandinya" not in database + head.text.encode()


def test_consent_is_asked_for_again_and_passphrases_are_never_kept(demo: DemoOffice) -> None:
    begin(demo, subject="Undangan tanpa sandi")
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer("tanpa sandi", decision="approve")
    demo.sign_in("pengelola_surat").answer("tanpa sandi", letter_date="2026-11-23")
    demo.work()

    head = demo.sign_in("kadis").answer("tanpa sandi", decision="approve", consent="on")

    assert head.status == 422
    assert "Masukkan passphrase Anda." in head.errors

    head.submit(head.path, decision="approve", consent="on", passphrase=PASSPHRASE, save="1")

    assert head.page.xpath("//input[@name='decision'][@value='approve']/@checked")
    assert not head.page.xpath("//input[@name='consent']/@checked")
    for stored in demo.office.settings.home.glob("alur.db*"):  # the write-ahead log as well
        assert PASSPHRASE.encode() not in stored.read_bytes()


def test_a_signer_reads_why_a_consent_does_not_count(demo: DemoOffice) -> None:
    begin(demo, subject="Undangan naskah lama")
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer("naskah lama", decision="approve")
    demo.sign_in("pengelola_surat").answer("naskah lama", letter_date="2026-11-23")
    demo.work()

    signing = {"decision": "approve", "consent": "on", "passphrase": PASSPHRASE}
    head = demo.sign_in("kadis").answer("naskah lama", **signing, read_document="0" * 64)

    assert head.status == 422
    assert "bukan naskah yang berlaku" in head.errors


def test_the_second_of_two_people_reads_who_was_faster(demo: DemoOffice) -> None:
    begin(demo, subject="Undangan serentak")
    first, second = demo.sign_in("kasi_usaha"), demo.sign_in("kasi_usaha")
    first.open("serentak")
    second.open("serentak")
    task = first.path

    first.submit(task, decision="approve")
    late = second.client.post(task, data={"csrf_token": second.token, "decision": "approve"})

    assert late.status_code == 409
    said = late.get_data(as_text=True)
    assert "sudah diselesaikan oleh Jaka Setyabudhi" in said
    assert "Lihat surat" in said


def test_wrong_values_come_back_with_a_summary_and_what_was_typed(demo: DemoOffice) -> None:
    drafter = start(demo)

    drafter.submit(drafter.path, subject="Ra", copies="Bupati Wanajaya")

    assert drafter.status == 422
    assert "Jenis naskah" in drafter.errors
    assert drafter.page.xpath("//textarea[@name='copies']")[0].text.strip() == "Bupati Wanajaya"


def test_a_refused_upload_stores_nothing(demo: DemoOffice) -> None:
    drafter = start(demo)
    documents = demo.office.settings.home / "documents"
    before = sorted(documents.rglob("*"))

    for name, data in [
        ("surat.docx", b"PK\x03\x04 not a package"),
        ("surat.docx", b"%PDF-1.7 renamed"),
        ("surat.docm", b"PK\x03\x04"),
    ]:
        sent = {**DRAFT, "source": "docx", "docx": file(data, name)}
        drafter.submit(drafter.path, **sent)
        assert drafter.status == 422
        assert "Berkas Word surat" in drafter.errors

    assert sorted(documents.rglob("*")) == before


def test_a_request_that_is_too_large_is_refused_with_a_sentence(demo: DemoOffice) -> None:
    drafter = start(demo)

    answer = drafter.client.post(
        drafter.path,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(2 << 30)},
    )

    assert answer.status_code == 413
    assert "25 MB" in answer.get_data(as_text=True)


def test_what_was_typed_waits_for_the_next_visit(demo: DemoOffice) -> None:
    drafter = start(demo)
    drafter.submit(drafter.path, subject="Setengah jadi", save="1")
    assert "Konsep disimpan pukul" in drafter.text

    again = demo.sign_in("staf_yan").get(drafter.path)

    assert again.page.xpath("//input[@name='subject']/@value") == ["Setengah jadi"]


def test_a_changed_mind_finds_the_letter_as_it_was(demo: DemoOffice) -> None:
    drafter = begin(demo, subject="Undangan ragu")
    demo.sign_in("kasi_usaha").answer("ragu", decision="return", reason="Periksa tanggalnya.")
    drafter.open("ragu")
    sent = {**DRAFT, "subject": "Undangan ragu"}

    drafter.submit(drafter.path, decision="cancel", refresh="1", **sent)
    hidden = drafter.page.xpath("//input[@type='hidden'][@name='subject']/@value")
    drafter.submit(drafter.path, decision="resubmit", refresh="1")

    assert hidden == ["Undangan ragu"]
    assert drafter.page.xpath("//input[@name='subject']/@value") == ["Undangan ragu"]


def test_a_preview_is_a_pdf_and_writes_nothing(demo: DemoOffice) -> None:
    drafter = start(demo)

    answer = drafter.client.post(
        f"{drafter.path}/preview.pdf",
        data={"csrf_token": drafter.token, **DRAFT, "subject": "Undangan pratinjau"},
    )

    assert answer.data.startswith(b"%PDF-")
    assert "Undangan pratinjau" not in drafter.get("/letters/mine").text


def test_whoever_stands_in_acts_and_signs_in_that_name(demo: DemoOffice, standing_in: str) -> None:
    begin(demo, subject="Undangan harian")
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer("harian", decision="approve")
    demo.sign_in("pengelola_surat").answer("harian", letter_date="2026-11-23")
    demo.work()

    deputy = demo.sign_in(standing_in).open("harian")
    assert "Anda bertindak sebagai Plh. Kepala Dinas." in deputy.text
    deputy.submit(deputy.path, decision="approve", consent="on", passphrase=PASSPHRASE)

    letter = deputy.get(deputy.path)
    assert "Sudah ditandatangani" in letter.text
    assert (
        "Plh. Kepala Dinas"
        in letter.page.xpath("//section[@aria-labelledby='history']")[0].text_content()
    )


def test_a_colleague_sees_who_works_on_a_task_and_may_take_over(demo: DemoOffice) -> None:
    begin(demo, subject="Undangan diambil")
    reviewer = demo.sign_in("kasi_usaha").open("diambil")
    task = reviewer.path

    reviewer.submit(f"{task}/claim")
    assert "Tugas ini sekarang Anda kerjakan." in reviewer.text
    assert (
        "sedang dikerjakan oleh Jaka"
        in demo.sign_in("staf_yan")
        .get(reviewer.page.xpath("//a[contains(., 'Riwayat surat')]/@href")[0])
        .text
    )
    reviewer.submit(f"{task}/release")

    assert "Tugas dilepas" in reviewer.text


def begin(demo: DemoOffice, **values: str) -> Browser:
    """A letter whose first draft was handed in."""
    drafter = start(demo)
    drafter.submit(drafter.path, **{**DRAFT, **values})
    assert drafter.status == 200, drafter.errors
    return drafter


def start(demo: DemoOffice) -> Browser:
    """A drafter in front of an empty form."""
    drafter = demo.sign_in("staf_yan").get("/letters/new")
    return drafter.submit("/letters/new")


@pytest.fixture
def standing_in(demo: DemoOffice) -> Iterator[str]:
    """The secretary, who stands in for the head today."""
    today = demo.office.clock.now().date()
    with demo.office.database.transaction() as session:
        holding = appoint(
            session,
            "sekdis",
            "dpmptsp:kadis",
            kind="Plh",
            valid_from=today - timedelta(days=1),
            valid_until=today + timedelta(days=1),
        )
    yield "sekdis"
    with demo.office.database.transaction() as session:
        end_holding(session, holding, today - timedelta(days=1))


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    opened = open_demo_office(prepared_demo, tmp_path_factory.mktemp("demo"))
    yield opened
    opened.office.database.close()
