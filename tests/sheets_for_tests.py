"""Letters to compose: fictional sheets of every shape, written by hand."""

from __future__ import annotations

import functools
import io
from typing import Any

from PIL import Image, ImageDraw

from handlers.letters import Letterhead, LetterSheet, SigningBlock


@functools.cache
def emblem_png() -> bytes:
    """An invented shield, not any region's arms."""
    image = Image.new("RGBA", (200, 230), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    shield = [(100, 2), (197, 40), (190, 150), (100, 227), (10, 150), (2, 40)]
    draw.polygon(shield, fill=(0, 102, 51, 255), outline=(200, 160, 0, 255), width=6)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def letterhead(**changes: Any) -> Letterhead:
    values: dict[str, Any] = {
        "government": "PEMERINTAH KABUPATEN WANAJAYA",
        "office": "DINAS PENANAMAN MODAL DAN PELAYANAN TERPADU SATU PINTU",
        "address": "Jalan Contoh Raya Nomor 12, Wanajaya 45399",
        "phone": "(0261) 000000",
        "website": "dpmptsp.wanajayakab.example",
        "email": "dpmptsp@wanajayakab.example",
        "emblem": emblem_png(),
    }
    return Letterhead(**(values | changes))


def signing_block(**changes: Any) -> SigningBlock:
    values: dict[str, Any] = {
        "lines": ("Kepala Dinas,",),
        "name": "Dra. Laras Widyaningrum Satyawati, M.Si.",
        "rank": "Pembina Utama Muda",
        "nip": "19700312 199503 2 901",
        "position": "Kepala Dinas",
    }
    return SigningBlock(**(values | changes))


def a_sheet(**changes: Any) -> LetterSheet:
    """An invitation to four offices."""
    values: dict[str, Any] = {
        "letter_id": "S01",
        "version": 1,
        "kind": "surat_undangan",
        "kind_label": "Surat Undangan",
        "shape": "kepala_kiri",
        "title": "",
        "number": "500.16.7.2/41/DPMPTSP/2026",
        "date_text": "3 Februari 2026",
        "place": "Wanajaya",
        "sifat_label": "Biasa",
        "urgency_label": "Segera",
        "attachment_text": "1 (satu) lembar",
        "subject": "Undangan Rapat Koordinasi Percepatan Pelayanan Perizinan Berusaha",
        "recipients": (
            "Kepala Dinas Pekerjaan Umum dan Penataan Ruang",
            "Kepala Dinas Lingkungan Hidup",
            "Kepala Dinas Kesehatan",
            "Kepala Satuan Polisi Pamong Praja",
        ),
        "recipients_place": "Wanajaya",
        "copies": ("Bupati Wanajaya (sebagai laporan)", "Sekretaris Daerah Kabupaten Wanajaya"),
        "opening": "Dalam rangka percepatan penyelesaian permohonan perizinan berusaha, bersama "
        "ini kami mengundang Saudara untuk menghadiri rapat yang akan dilaksanakan pada:",
        "blocks": (
            {
                "type": "details",
                "rows": [
                    ["Hari, tanggal", "Selasa, 10 Februari 2026"],
                    ["Waktu", "pukul 09.00 WIB sampai dengan selesai"],
                    ["Tempat", "Ruang Rapat Utama"],
                ],
            },
            {"type": "paragraph", "text": "Mengingat pentingnya acara, dimohon hadir tepat waktu."},
        ),
        "closing": "Demikian disampaikan, atas kehadiran Saudara diucapkan terima kasih.",
        "letterhead": letterhead(),
        "signing": signing_block(),
        "paper": "A4",
        "font": "arial",
        "verification_url": "https://surat.example/periksa/7f3c2a9e",
        "simulated": True,
        "final": True,
        "content_hash": "0" * 64,
    }
    return LetterSheet(**(values | changes))


def a_task_letter(**changes: Any) -> LetterSheet:
    """A centred letter without addressees: grounds, phrase, a table of people, duties."""
    blocks = (
        {"type": "heading", "text": "Dasar"},
        {"type": "list", "style": "1", "items": ["Rencana kerja Tahun 2026;", "Anggaran dinas."]},
        {"type": "phrase", "text": "Menugaskan"},
        {
            "type": "table",
            "columns": ["No.", "Nama", "NIP", "Jabatan"],
            "rows": [
                ["1.", "Galih Panuluh, S.H.", "19800525 200701 1 908", "Kepala Seksi"],
                ["2.", "Hana Prameswari, S.E.", "19940823 201903 2 918", "Analis"],
            ],
        },
        {"type": "list", "style": "a", "items": ["melaksanakan pemantauan;", "melapor."]},
        {"type": "list", "style": "-", "items": ["dengan penuh tanggung jawab."]},
    )
    values: dict[str, Any] = {
        "kind": "surat_tugas",
        "kind_label": "Surat Tugas",
        "shape": "judul_tengah",
        "title": "SURAT TUGAS",
        "number": "800.1.11.1/57/DPMPTSP/2026",
        "recipients": (),
        "recipients_place": "",
        "copies": (),
        "opening": "",
        "blocks": blocks,
    }
    return a_sheet(**(values | changes))


def a_circular(**changes: Any) -> LetterSheet:
    """A centred letter that names its subject and its addressees."""
    values: dict[str, Any] = {
        "kind": "surat_edaran",
        "kind_label": "Surat Edaran",
        "shape": "judul_tengah",
        "title": "SURAT EDARAN",
        "number": "100.3.4.4/8 TAHUN 2026",
        "subject": "Penggunaan Aplikasi Surat Keluar",
        "recipients": ("Sekretaris dan para Kepala Bidang", "Seluruh Pegawai"),
        "recipients_place": "Tempat",
    }
    return a_sheet(**(values | changes))


def a_covering_letter(**changes: Any) -> LetterSheet:
    """A covering letter with its receipt, signed on behalf of the head."""
    blocks = (
        {
            "type": "table",
            "columns": ["No.", "Naskah Dinas/Barang yang Dikirimkan", "Banyaknya", "Keterangan"],
            "rows": [["1.", "Matriks tindak lanjut", "1 (satu) berkas", "Sebagai bahan."]],
        },
    )
    values: dict[str, Any] = {
        "kind": "surat_pengantar",
        "kind_label": "Surat Pengantar",
        "shape": "judul_tengah_dengan_tujuan",
        "title": "SURAT PENGANTAR",
        "recipients": ("Inspektur Daerah Kabupaten Wanajaya",),
        "opening": "",
        "blocks": blocks,
        "closing": "",
        "signing": signing_block(lines=("a.n. Kepala Dinas", "Sekretaris,")),
    }
    return a_sheet(**(values | changes))


def every_kind() -> tuple[LetterSheet, ...]:
    """One letter of each shape, and a secret one."""
    secret = a_sheet(kind="surat_panggilan", kind_label="Surat Panggilan", sifat_label="Rahasia")
    return (a_sheet(), a_task_letter(), a_circular(), a_covering_letter(), secret)
