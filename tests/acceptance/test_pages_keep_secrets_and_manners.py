"""Pages keep secrets and manners: confidentiality, access, problems, languages, headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from signing_bench import PASSPHRASE, SIGNER, SIGNER_NAME, a_request
from sqlalchemy.exc import OperationalError
from staff_for_tests import DRAFT, Browser, DemoOffice, file, open_demo_office

from engine import Secret
from handlers.letters import documents_of as documents_in_books
from handlers.signing import DemoAuthority, PadesSigner
from webapp import create_app
from webapp.uploads import Upload

SECRET = "Hasil pemeriksaan khusus"


def test_a_secret_letter_is_seen_only_by_those_on_its_way(demo: DemoOffice, secret: str) -> None:
    stranger = demo.sign_in("staf_pm")

    for page in ("/letters", f"/letters?q={SECRET}", "/tasks", "/register", "/notices"):
        assert SECRET not in stranger.get(page).text
    for page in ("", "/versions/1.pdf", "/versions/1/pages/1.png", "/versions/1.docx", "/compare"):
        assert stranger.client.get(secret + page).status_code == 404
    assert SECRET in demo.sign_in("kasi_usaha").get(secret).text


def test_an_auditor_follows_a_secret_letter_without_its_contents(
    demo: DemoOffice, secret: str
) -> None:
    auditor = demo.sign_in("inspektorat").get(secret)

    assert "Anda dapat mengikuti jalannya, bukan isinya" in auditor.text
    assert SECRET not in auditor.text
    assert auditor.client.get(f"{secret}/versions/1.pdf").status_code == 404


def test_what_was_taken_out_of_a_secret_letter_stays_secret(demo: DemoOffice) -> None:
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    drafter.submit(drafter.path, **{**DRAFT, "subject": "Perkara Budi", "sifat": "rahasia"})
    page = drafter.path
    reason = "Hapus nama Budi."
    demo.sign_in("kasi_usaha").answer("Perkara Budi", decision="return", reason=reason)
    drafter.answer("Perkara Budi", **{**DRAFT, "subject": "Rapat umum", "decision": "resubmit"})

    stranger = demo.sign_in("staf_pm").get(page)

    assert "Rapat umum" in stranger.text
    assert "Budi" not in stranger.text
    for one in ("/versions/1.pdf", "/versions/1/pages/1.png", "/versions/1.docx", "/compare"):
        assert stranger.client.get(page + one).status_code == 404, one
    assert reason in drafter.get(page).text


def test_a_replay_keeps_what_was_said_and_made_in_secret_times(demo: DemoOffice) -> None:
    words = {"subject": "Panggilan Citra", "sifat": "rahasia"}
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    page = drafter.submit(drafter.path, **{**DRAFT, **words}).path
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer("Citra", decision="approve")
    demo.sign_in("pengelola_surat").answer("Citra", letter_date="2026-11-23")
    demo.work()
    reason = "Hapus nama Citra."
    demo.sign_in("kadis").answer("Citra", decision="return", reason=reason)
    (secret,) = documents_of(demo, page)
    drafter.answer("Citra", **{**DRAFT, "subject": "Panggilan umum", "decision": "resubmit"})
    demo.sign_in("kasi_usaha").answer("Panggilan umum", decision="return", reason="Titik kurang.")

    auditor = demo.sign_in("inspektorat")
    replay = replay_of(demo, page)
    frames = auditor.client.get(f"{replay}/frames.json")

    for told in (auditor.get(page).text, auditor.get(replay).text, frames.get_data(as_text=True)):
        assert "Citra" not in told
        assert secret[:16] not in told
        assert "Titik kurang." in told
        assert "disembunyikan: surat ini rahasia pada saat itu" in told
    assert "Keputusan: dikembalikan" in auditor.text
    assert auditor.client.get(f"{replay}/documents/{secret}.pdf").status_code == 404
    assert reason in drafter.get(page).text


def test_the_name_of_a_secret_file_tells_nothing(demo: DemoOffice, secret: str) -> None:
    reviewer = demo.sign_in("kasi_usaha")

    answer = reviewer.client.get(f"{secret}/versions/1.pdf?download=1")

    assert answer.status_code == 200
    assert "pemeriksaan" not in answer.headers["Content-Disposition"]


def test_a_token_of_an_upload_is_worth_nothing_to_another_person(demo: DemoOffice) -> None:
    stolen = demo.office.uploads.token(Upload("0" * 64, "surat.docx", ""), "kadis")
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")

    drafter.submit(drafter.path, **{**DRAFT, "source": "docx", "docx.kept": stolen})

    assert drafter.status == 422
    assert not drafter.page.xpath("//input[@name='docx.kept']")


def test_a_task_of_another_position_is_refused(demo: DemoOffice, secret: str) -> None:
    reviewer = demo.sign_in("kasi_usaha").open(SECRET)

    stranger = demo.sign_in("staf_pm").get(reviewer.path)

    assert stranger.status == 403
    assert SECRET not in stranger.text


def test_a_role_without_the_permission_is_refused(demo: DemoOffice) -> None:
    assert demo.sign_in("inspektorat").get("/letters/new").status == 403
    assert demo.sign_in("staf_pm").get("/audit/").status == 403


def test_a_wrong_password_says_nothing_about_the_name(demo: DemoOffice) -> None:
    known = demo.sign_in("kabid_pm", "salah sekali")
    unknown = demo.sign_in("bukan siapa-siapa", "salah sekali")

    assert known.status == unknown.status == 422
    assert known.errors == unknown.errors != ""


def test_one_address_may_try_only_so_many_passwords(demo: DemoOffice) -> None:
    hasty = replace(demo.office, settings=replace(demo.office.settings, sign_ins_a_minute=2))
    browser = Browser(create_app(hasty))

    for _ in range(3):
        browser.submit("/sign-in", username="siapa", password="salah")

    assert browser.status == 429
    assert "Tunggu satu menit" in browser.text


def test_signing_in_never_leads_to_another_site(demo: DemoOffice) -> None:
    browser = Browser(demo.app)
    addresses = ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example")
    for elsewhere in (*addresses, "/\r\nX-Forged: 1"):
        browser.get("/sign-in")
        answer = browser.client.post(
            "/sign-in",
            data={
                "csrf_token": browser.token,
                "username": "staf_pm",
                "password": "wanajaya-2026",
                "next": elsewhere,
            },
        )
        assert answer.headers["Location"] == "/"
        browser.submit("/sign-out")


def test_a_form_without_the_token_of_its_page_is_refused(demo: DemoOffice) -> None:
    browser = demo.sign_in("staf_pm")

    answer = browser.client.post("/letters/new", data={"position": "dpmptsp:staf_pm"})

    assert answer.status_code == 400
    assert "Tidak ada yang disimpan" in answer.get_data(as_text=True)


def test_a_new_password_ends_the_session(demo: DemoOffice) -> None:
    browser = demo.sign_in("kasubag_keu")

    demo.office.accounts.open("kasubag_keu", "kasubag_keu", "kata-sandi-baru")

    assert browser.get("/tasks").path == "/sign-in"


def test_every_page_carries_the_strict_policy(demo: DemoOffice) -> None:
    browser = demo.sign_in("staf_pm")
    for page in ("/tasks", "/sign-in", "/v", "/no-such-page"):
        headers = browser.client.get(page, follow_redirects=True).headers

        assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(demo: DemoOffice) -> None:
    browser = Browser(demo.app)

    cookie = browser.client.get("/sign-in").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_pages_speak_english_when_asked(demo: DemoOffice) -> None:
    browser = demo.sign_in("staf_pm").get("/tasks")

    browser.submit("/language", language="en", next="/tasks")

    assert browser.page.get("lang") == "en"
    assert "No tasks. You are all caught up." in browser.text
    assert "Kotak Tugas" not in browser.text


def test_a_database_that_is_down_gives_a_clear_page(
    demo: DemoOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = demo.sign_in("staf_pm")

    def gone() -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server is gone"))

    monkeypatch.setattr(demo.office.database, "reading", gone)
    answer = browser.client.get("/tasks")

    assert answer.status_code == 503
    said = answer.get_data(as_text=True)
    assert "Tidak ada langkah yang tersimpan" in said
    assert "SELECT" not in said


def test_anybody_may_have_a_pdf_checked(demo: DemoOffice) -> None:
    public = Browser(demo.app)

    public.submit("/v", file=file(b"not a pdf", "surat.pdf"))
    assert public.status == 422
    public.submit("/v", file=file(b"%PDF-1.7\nbroken", "surat.pdf"))
    assert public.status == 200
    assert "tidak dapat dipastikan" in public.text


def test_a_letter_of_a_strange_authority_is_not_called_ours(
    demo: DemoOffice, tmp_path: Path
) -> None:
    strange = DemoAuthority(tmp_path / "strange")
    strange.enrol(SIGNER, SIGNER_NAME, PASSPHRASE)
    signed = PadesSigner(strange).sign(a_request(), Secret(PASSPHRASE))

    public = Browser(demo.app)
    public.submit("/v", file=file(signed.pdf, "surat.pdf"))

    assert "tidak dapat dipastikan" in public.text
    assert f"Tercantum sebagai penanda tangan: {SIGNER_NAME}" in public.text
    assert "otoritas sertifikat peragaan" not in public.text


def test_an_unknown_code_warns_the_reader(demo: DemoOffice) -> None:
    public = Browser(demo.app).get("/v/no-such-code")

    assert public.status == 404
    assert "Surat tidak ditemukan." in public.text


def test_the_supervisor_is_told_that_all_is_well(demo: DemoOffice) -> None:
    assert Browser(demo.app).client.get("/health").json == {"status": "ok"}


def documents_of(demo: DemoOffice, page: str) -> list[str]:
    """The SHA-256 of each document made of the letter."""
    with demo.office.database.reading() as session:
        return [each.sha256 for each in documents_in_books(session, page.rpartition("/")[2])]


def replay_of(demo: DemoOffice, page: str) -> str:
    """The path of the replay of the letter with this page."""
    return f"/audit/{demo.office.letters.instances()[page.rpartition('/')[2]]}"


@pytest.fixture(scope="module")
def secret(demo: DemoOffice) -> str:
    """The path of a secret letter that waits for its first reviewer."""
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    drafter.submit(drafter.path, **{**DRAFT, "subject": SECRET, "sifat": "rahasia"})
    assert drafter.path.startswith("/letters/"), drafter.errors
    return drafter.path


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    opened = open_demo_office(prepared_demo, tmp_path_factory.mktemp("demo"))
    yield opened
    opened.office.database.close()
