"""The problems: what a page answers when something is refused, missing or broken."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime

from flask import Flask, current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from engine import (
    AnswerRefused,
    EngineError,
    InstanceChanged,
    MessageRefused,
    NoDecision,
    NoWayBack,
    NoWayOn,
    ReasonMissing,
    SamePersonTwice,
    SecretNeeded,
    SkipForbidden,
    SkipRefused,
    SomebodyNeeded,
    TaskClaimed,
    TaskNotOpen,
    TaskNotYours,
    TemporaryFailure,
    UnknownDefinition,
    UnknownIncident,
    UnknownInstance,
    UnknownMessage,
    UnknownProcess,
    UnknownStart,
)
from handlers import errors as letters
from webapp.access import (
    NobodySignedIn,
    asks_for_a_part,
    page_before,
    recognise,
    visitor_or_none,
)
from webapp.accounts import AccountLocked, PasswordTooShort, SignInRefused
from webapp.languages import gettext, lazy_gettext, moment
from webapp.office import office
from webapp.resuming import ask_again, resume_here

_log = logging.getLogger(__name__)

Answer = tuple[str, int] | tuple[str, int, Mapping[str, str]]

#: Where htmx lays the problem of a part; the form that asked for the part stays as it is.
_BESIDE = {"HX-Retarget": "#trouble", "HX-Reswap": "innerHTML"}

#: Class of the refusal -> status and sentence. The most special class of an error counts.
REFUSALS: Mapping[type[Exception], tuple[int, object]] = {
    TaskNotOpen: (409, lazy_gettext("Tugas ini sudah diselesaikan atau ditarik kembali.")),
    TaskNotYours: (403, lazy_gettext("Tugas ini ditujukan kepada jabatan lain.")),
    SamePersonTwice: (
        403,
        lazy_gettext("Anda sudah mengerjakan tahap lain surat ini; tahap ini milik rekan Anda."),
    ),
    UnknownDefinition: (404, lazy_gettext("Alur kerja tidak ditemukan.")),
    TaskClaimed: (409, lazy_gettext("Tugas ini sedang dikerjakan oleh rekan Anda.")),
    InstanceChanged: (
        409,
        lazy_gettext("Surat berubah saat Anda membacanya. Muat ulang sebelum memutuskan."),
    ),
    AnswerRefused: (422, lazy_gettext("Isian tidak sesuai dengan formulir tugas ini.")),
    SkipRefused: (
        422,
        lazy_gettext("Surat hanya menunggu langkah ini, jadi tidak dapat dilewati. Coba lagi."),
    ),
    SomebodyNeeded: (
        422,
        lazy_gettext(
            "Tugas ini menunggu seseorang. Pastikan jabatannya ada yang memegang, lalu coba lagi."
        ),
    ),
    SecretNeeded: (
        422,
        lazy_gettext(
            "Yang memerlukan passphrase hanya dapat dilakukan pemiliknya. Kembalikan suratnya."
        ),
    ),
    SkipForbidden: (
        422,
        lazy_gettext("Menurut diagram, surat tidak boleh berjalan tanpa langkah ini."),
    ),
    NoWayBack: (
        422,
        lazy_gettext(
            "Jalan kembali belum digambar. Pasang kejadian tepi galat (error) pada langkah ini,"
            " arahkan ke tugas yang harus diulang, lalu terbitkan versi baru."
        ),
    ),
    NoWayOn: (
        422,
        lazy_gettext(
            "Langkah berikutnya tidak dapat dikerjakan dengan cara ini. Tidak ada yang diubah."
        ),
    ),
    ReasonMissing: (422, lazy_gettext("Tuliskan alasannya.")),
    NoDecision: (
        422,
        lazy_gettext("Tabel keputusan SOP ini tidak memuat isian Anda. Tidak ada yang diubah."),
    ),
    UnknownIncident: (404, lazy_gettext("Kendala ini sudah ditangani.")),
    UnknownMessage: (404, lazy_gettext("Pesan ini sudah diterima atau dibuang.")),
    UnknownStart: (404, lazy_gettext("Jadwal ini sudah berjalan atau diganti.")),
    MessageRefused: (
        422,
        lazy_gettext(
            "Isi pesan yang dikirim langkah ini terlalu besar atau tidak dapat disimpan."
            " Tidak ada yang diubah."
        ),
    ),
    UnknownInstance: (404, lazy_gettext("Surat tidak ditemukan.")),
    UnknownProcess: (404, lazy_gettext("Alur kerja tidak ditemukan.")),
    SignInRefused: (422, lazy_gettext("Nama pengguna atau kata sandi salah.")),
    PasswordTooShort: (422, lazy_gettext("Kata sandi paling sedikit delapan huruf.")),
    letters.UnknownLetter: (404, lazy_gettext("Surat tidak ditemukan.")),
    letters.LetterChangedMeanwhile: (
        409,
        lazy_gettext("Surat berubah saat Anda membacanya. Muat ulang sebelum memutuskan."),
    ),
    letters.LetterClosed: (
        409,
        lazy_gettext("Surat ini sudah ditandatangani atau dibatalkan; isinya tidak berubah lagi."),
    ),
    letters.ReasonMissing: (422, lazy_gettext("Tuliskan alasannya.")),
    letters.DecisionUnknown: (422, lazy_gettext("Pilih salah satu putusan.")),
    letters.DocumentMissing: (404, lazy_gettext("Dokumen tidak ditemukan.")),
    letters.DocumentDamaged: (
        500,
        lazy_gettext("Dokumen yang tersimpan tidak sama dengan yang dicatat. Hubungi admin."),
    ),
    letters.NumberTaken: (409, lazy_gettext("Nomor itu sudah dipakai.")),
    letters.SignerUnknown: (
        422,
        lazy_gettext("Hari ini tidak ada yang memegang jabatan penanda tangan."),
    ),
    letters.UnknownPlace: (404, lazy_gettext("Jabatan atau unit tidak ditemukan.")),
}

#: Errors of HTTP itself -> title and sentence.
STATUSES: Mapping[int, tuple[object, object]] = {
    400: (lazy_gettext("Permintaan tidak terbaca"), lazy_gettext("Muat ulang, lalu coba lagi.")),
    403: (
        lazy_gettext("Tidak berhak"),
        lazy_gettext("Peran Anda tidak mencakup halaman ini."),
    ),
    404: (
        lazy_gettext("Tidak ditemukan"),
        lazy_gettext("Halaman atau surat ini tidak ada, atau Anda tidak berhak membukanya."),
    ),
    405: (lazy_gettext("Cara tidak dikenal"), lazy_gettext("Kembali, lalu coba lagi.")),
    409: (lazy_gettext("Keadaan sudah berubah"), lazy_gettext("Muat ulang halaman ini.")),
    413: (
        lazy_gettext("Berkas terlalu besar"),
        lazy_gettext("Seluruh unggahan paling besar 25 MB. Tidak ada yang disimpan."),
    ),
    422: (lazy_gettext("Permintaan ditolak"), lazy_gettext("Periksa kembali isian Anda.")),
    429: (
        lazy_gettext("Terlalu banyak percobaan"),
        lazy_gettext("Tunggu satu menit sebelum mencoba lagi."),
    ),
    503: (
        lazy_gettext("Sedang tidak dapat melayani"),
        lazy_gettext(
            "Basis data atau layanan lain tidak menjawab. Tidak ada langkah yang tersimpan"
            " setengah; silakan coba lagi beberapa saat kemudian."
        ),
    ),
}


def explain(app: Flask) -> None:
    """Let the application answer every error with a page that says what to do."""
    app.register_error_handler(CSRFError, _on_old_page)
    app.register_error_handler(NobodySignedIn, _on_nobody)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(EngineError, _on_refusal)
    app.register_error_handler(TaskNotOpen, _on_faster_colleague)
    app.register_error_handler(letters.LetterError, _on_refusal)
    app.register_error_handler(TemporaryFailure, _on_outage)
    app.register_error_handler(OperationalError, _on_outage)
    app.register_error_handler(InterfaceError, _on_outage)
    app.register_error_handler(NoFreeConnection, _on_outage)
    app.register_error_handler(Exception, _on_defect)


def sentence(error: Exception) -> tuple[int, str]:
    """Return the status of a refusal and the sentence its reader understands."""
    if isinstance(error, AccountLocked):
        until = error.details.get("until")
        return 429, gettext(
            "Terlalu banyak kata sandi yang salah. Coba lagi sesudah %(until)s.",
            until=moment(until if isinstance(until, datetime) else None),
        )
    for kind in type(error).__mro__:
        if kind in REFUSALS:
            status, text = REFUSALS[kind]
            return status, str(text)
    # Handlers write the sentences of their own refusals in Indonesian.
    return 422, str(error)


def page(status: int, title: str, text: str, **more: object) -> Answer:
    """Return the page of a problem, or its sentence where a part of a page was asked for."""
    if asks_for_a_part():
        return render_template("problem_piece.html", text=text, **more), status, _BESIDE
    return render_template("problem.html", status=status, title=title, text=text, **more), status


def _on_http(error: HTTPException) -> Answer:
    status = error.code or 500
    if isinstance(error, RequestEntityTooLarge):
        status = 413
    title, text = STATUSES.get(status, (error.name, error.description or ""))
    return page(status, str(title), str(text))


def _on_old_page(_error: CSRFError) -> Answer | Response:
    recognise()  # the token is judged before anybody asks who is there
    title = gettext("Halaman ini sudah lama terbuka")
    if visitor_or_none() is None and _wants_somebody():
        return _on_nobody(NobodySignedIn())
    if asks_for_a_part():
        text = gettext(
            "Halaman ini terbuka sejak sebelum Anda masuk. Kirim atau simpan saja:"
            " isian Anda tetap ada."
        )
        return page(400, title, text)
    return resume_here() or page(
        400,
        title,
        gettext("Buka lagi, lalu ulangi. Tidak ada yang disimpan."),
        link=page_before(),
        link_label=gettext("Buka lagi"),
    )


def _on_nobody(_nobody: NobodySignedIn) -> Answer | Response:
    if asks_for_a_part():
        text = gettext(
            "Sesi Anda sudah berakhir. Kirim atau simpan saja: Anda diminta masuk lagi,"
            " dan isian Anda tetap ada."
        )
        return page(401, "", text)
    return ask_again()


def _wants_somebody() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "permission", "public") != "public"


def _on_refusal(error: Exception) -> Answer:
    status, text = sentence(error)
    title, _ = STATUSES.get(status, STATUSES[422])
    return page(status, str(title), text)


def _on_faster_colleague(error: TaskNotOpen) -> Answer:
    """Tell the second of two people who was faster, when the letter is theirs to follow."""
    title, _ = STATUSES[409]
    instance_id = str(error.details.get("task_id", "")).partition(".")[0]
    who, at = error.details.get("completed_by"), error.details.get("at")
    letter_id = _letter_of(instance_id)
    if not letter_id:
        return page(409, str(title), sentence(error)[1])
    text = sentence(error)[1]
    if who and isinstance(at, datetime):
        text = gettext(
            "Tugas ini sudah diselesaikan oleh %(name)s pada %(at)s.", name=who, at=moment(at)
        )
    link = url_for("letters.show", letter_id=letter_id)
    return page(409, str(title), text, link=link, link_label=gettext("Lihat surat"))


def _letter_of(instance_id: str) -> str:
    visitor = visitor_or_none()
    try:
        letter_id = office().engine.instance(instance_id).business_key
    except UnknownInstance:
        return ""
    may_follow = visitor is not None and office().letters.may_follow(letter_id, visitor.reader)
    return letter_id if may_follow else ""


def _on_outage(error: Exception) -> Answer:
    _log.error("The database or a service did not answer.", exc_info=error)
    g.pop("visitor", None)  # the frame of the page must ask the database nothing
    title, text = STATUSES[503]
    return page(503, str(title), str(text), bare=True)


def _on_defect(error: Exception) -> Answer:
    code = secrets.token_hex(4)
    g.pop("visitor", None)
    _log.error("A page failed.", exc_info=error, extra={"code": code, "path": request.path})
    return page(
        500,
        gettext("Terjadi kesalahan"),
        gettext("Terjadi kesalahan. Kode: %(code)s", code=code),
        bare=True,
    )
