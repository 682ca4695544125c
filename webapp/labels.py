"""The labels: words and tones for what the books hold as short names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.languages import lazy_gettext

#: Fields of a version, as the comparison names them.
FIELD_LABELS: Mapping[str, object] = {
    "kind": lazy_gettext("Jenis naskah"),
    "classification": lazy_gettext("Kode klasifikasi"),
    "subject": lazy_gettext("Hal"),
    "sifat": lazy_gettext("Sifat"),
    "urgency": lazy_gettext("Tingkat urgensi"),
    "letter_date": lazy_gettext("Tanggal surat"),
    "signer": lazy_gettext("Penanda tangan"),
    "capacity": lazy_gettext("Menandatangani sebagai"),
    "recipients": lazy_gettext("Tujuan dari daftar"),
    "other_recipients": lazy_gettext("Tujuan lain"),
    "copies": lazy_gettext("Tembusan"),
    "source": lazy_gettext("Cara membuat naskah"),
    "opening": lazy_gettext("Pembuka"),
    "body": lazy_gettext("Isi surat"),
    "closing": lazy_gettext("Penutup"),
    "docx": lazy_gettext("Berkas Word surat"),
    "attachments": lazy_gettext("Lampiran"),
    "attachment_note": lazy_gettext("Keterangan lampiran"),
}

DECISIONS: Mapping[str, object] = {
    "approve": lazy_gettext("Disetujui"),
    "amend": lazy_gettext("Diperbaiki dan disetujui"),
    "return": lazy_gettext("Dikembalikan"),
    "cancel": lazy_gettext("Dibatalkan"),
    "sign": lazy_gettext("Disetujui untuk ditandatangani"),
}

STATUSES: Mapping[str, object] = {
    "draft": lazy_gettext("Konsep"),
    "in_review": lazy_gettext("Dalam proses"),
    "revision": lazy_gettext("Perlu perbaikan"),
    "signed": lazy_gettext("Sudah ditandatangani"),
    "sent": lazy_gettext("Terkirim"),
    "archived": lazy_gettext("Diarsipkan"),
    "cancelled": lazy_gettext("Dibatalkan"),
}

NUMBERS: Mapping[str, object] = {
    "reserved": lazy_gettext("Dipesan"),
    "used": lazy_gettext("Terpakai"),
    "void": lazy_gettext("Batal"),
}

DELIVERIES: Mapping[str, object] = {
    "pending": lazy_gettext("Menunggu dikirim"),
    "delivered": lazy_gettext("Terkirim"),
    "failed": lazy_gettext("Gagal dikirim"),
}

CHANNELS: Mapping[str, object] = {
    "email": lazy_gettext("Pos-el"),
    "outbox": lazy_gettext("Kotak keluar"),
    "hand": lazy_gettext("Diantar"),
}

DOCUMENTS: Mapping[str, object] = {
    "composed": lazy_gettext("Naskah PDF"),
    "signed": lazy_gettext("PDF bertanda tangan"),
}


@dataclass(frozen=True)
class Tone:
    """How a state is shown: colour only helps, the icon and the words say it."""

    pill: str
    icon: str


_TONES = {
    "draft": Tone("quiet", "pencil-square"),
    "in_review": Tone("wait", "hourglass-split"),
    "revision": Tone("warn", "arrow-return-left"),
    "signed": Tone("ok", "patch-check"),
    "sent": Tone("ok", "send-check"),
    "archived": Tone("ok", "check-circle"),
    "cancelled": Tone("bad", "x-circle"),
    "reserved": Tone("wait", "hourglass-split"),
    "used": Tone("ok", "check-circle"),
    "void": Tone("bad", "x-circle"),
    "pending": Tone("wait", "hourglass-split"),
    "delivered": Tone("ok", "check-circle"),
    "failed": Tone("bad", "send-x"),
}


def tone_of(state: str) -> Tone:
    """Return the tone of the state of a letter, a number or a delivery."""
    return _TONES.get(state, Tone("quiet", "info-circle"))


#: Why a signed PDF is not believed: the sentences of the verification, so that they get English.
DOUBTS = (
    lazy_gettext("Dokumen ini tidak ditandatangani."),
    lazy_gettext("Ada kolom tanda tangan yang isinya tidak lengkap."),
    lazy_gettext("Dokumen hanya memuat cap waktu, tanpa tanda tangan."),
    lazy_gettext("Ada isi yang ditambahkan sesudah dokumen ditandatangani."),
    lazy_gettext("Isi dokumen berubah sesudah ditandatangani."),
    lazy_gettext("Tanda tangan tidak mencakup seluruh dokumen."),
    lazy_gettext("Dokumen diubah dengan cara yang tidak diizinkan penanda tangan."),
    lazy_gettext("Ada perubahan pada dokumen sesudah ditandatangani."),
    lazy_gettext("Cap waktu tanda tangan tidak cocok."),
    lazy_gettext("Cap waktu arsip tidak cocok dengan dokumen."),
    lazy_gettext("Sertifikat penanda tangan telah dicabut."),
    lazy_gettext("Sertifikat penanda tangan tidak berlaku pada waktu penandatanganan."),
    lazy_gettext("Sertifikat ini bukan untuk menandatangani dokumen."),
    lazy_gettext("Penerbit sertifikat penanda tangan tidak dikenal."),
    lazy_gettext("Keabsahan sertifikat penanda tangan tidak dapat dipastikan."),
)
