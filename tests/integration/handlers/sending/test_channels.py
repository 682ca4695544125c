"""What every channel promises, and what only e-mail can do wrong."""

from __future__ import annotations

import email
import email.policy
import os
import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sending_bench import PDF, Postman, a_parcel, a_recipient, mail_server

from engine import TemporaryFailure
from handlers.sending import (
    Channel,
    EmailChannel,
    Enclosure,
    HandDeliveryChannel,
    MailServer,
    OutboxChannel,
    Undeliverable,
)


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def mail(postman: Postman) -> Iterator[EmailChannel]:
    with mail_server(postman) as port:
        yield EmailChannel.from_url(f"smtp://127.0.0.1:{port}?from=surat@wanajaya.example")


@pytest.fixture(params=["email", "outbox", "hand"])
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Channel:
    if request.param == "email":
        return request.getfixturevalue("mail")  # type: ignore[no-any-return]
    if request.param == "outbox":
        return OutboxChannel(tmp_path / "outbox")
    return HandDeliveryChannel(tmp_path / "hand")


def parsed(postman: Postman) -> EmailMessage:
    content = postman.accepted[-1].content
    assert isinstance(content, bytes)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_parcel_gets_a_receipt(channel: Channel) -> None:
    receipt = channel.deliver(a_parcel())

    assert receipt.channel == channel.name
    assert receipt.reference


def test_a_repeated_delivery_is_recognisable_by_its_reference(channel: Channel) -> None:
    first = channel.deliver(a_parcel())

    assert channel.deliver(a_parcel()) == first
    assert channel.deliver(a_parcel(key="surat-2/abc/opd-1")) != first


def test_names_and_subjects_cannot_break_out(channel: Channel) -> None:
    evil = "Halo\r\nBcc: musuh@jahat.example\r\n\r\nIsi lain"
    parcel = a_parcel(
        subject=evil,
        sender=evil,
        recipient=a_recipient(name=evil),
        letter=Enclosure("../../etc/passwd\r\nX: y.pdf", "application/pdf\r\nX: y", PDF),
        enclosures=(Enclosure("a" * 300 + ".txt", "text/plain; charset=x", b"x"),),
    )

    assert channel.deliver(parcel).reference


def test_the_references_say_nothing_of_the_letter(channel: Channel) -> None:
    reference = channel.deliver(a_parcel()).reference

    assert "surat-1" not in reference
    assert "opd-1" not in reference


def test_a_message_carries_the_letter_and_its_attachments(
    mail: EmailChannel, postman: Postman
) -> None:
    mail.deliver(a_parcel())

    message = parsed(postman)
    assert message["From"] == "DPMPTSP Kabupaten Wanajaya <surat@wanajaya.example>"
    assert message["To"] == "Kepala Dinas Contoh <dinas@wanajaya.example>"
    assert message["Subject"] == "Undangan rapat koordinasi"
    assert message["Auto-Submitted"] == "auto-generated"
    files = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
    assert files == [("Surat 005-12-2026.pdf", PDF), ("Daftar hadir.txt", "hadir")]
    assert postman.accepted[-1].rcpt_tos == ["dinas@wanajaya.example"]


def test_no_header_can_be_smuggled_into_a_message(mail: EmailChannel, postman: Postman) -> None:
    evil = "Halo\r\nBcc: musuh@jahat.example"

    mail.deliver(a_parcel(subject=evil, sender=evil, recipient=a_recipient(name=evil)))

    message = parsed(postman)
    assert message["Bcc"] is None
    assert message["Subject"] == "Halo Bcc: musuh@jahat.example"
    assert postman.accepted[-1].rcpt_tos == ["dinas@wanajaya.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tanpa-tanda",
        "a@b.example,c@d.example",
        "a@b.example\r\nRCPT TO:<x@y.example>",
        "<a@b.example>",
        "a b@c.example",
        "a..b@c.example",
        "á@c.example",
        "a" * 300 + "@c.example",
    ],
)
def test_an_impossible_address_is_undeliverable(mail: EmailChannel, address: str) -> None:
    with pytest.raises(Undeliverable, match="Alamat pos-el tidak dikenali"):
        mail.deliver(a_parcel(recipient=a_recipient(address=address)))


def test_a_refused_recipient_is_undeliverable(mail: EmailChannel, postman: Postman) -> None:
    postman.refuse["dinas@wanajaya.example"] = "550 5.1.1 No such user"

    with pytest.raises(Undeliverable, match="550"):
        mail.deliver(a_parcel())


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_temporary_refusal_may_be_tried_again(
    where: str, mail: EmailChannel, postman: Postman
) -> None:
    if where == "RCPT":
        postman.refuse["dinas@wanajaya.example"] = "450 4.2.0 Greylisted"
    else:
        postman.answer = "451 4.3.0 Try later"

    with pytest.raises(TemporaryFailure, match="menunda"):
        mail.deliver(a_parcel())

    postman.refuse.clear()
    postman.answer = "250 OK"
    assert mail.deliver(a_parcel())


def test_a_message_that_is_refused_for_good_is_undeliverable(
    mail: EmailChannel, postman: Postman
) -> None:
    postman.answer = "554 5.7.1 Message refused"

    with pytest.raises(Undeliverable, match="554"):
        mail.deliver(a_parcel())


def test_a_connection_dropped_after_the_data_is_repeated_under_the_same_id(
    mail: EmailChannel, postman: Postman
) -> None:
    postman.drop = True
    with pytest.raises(TemporaryFailure, match="tidak menjawab"):
        mail.deliver(a_parcel())
    postman.drop = False

    receipt = mail.deliver(a_parcel())

    ids = [email.message_from_bytes(one.content)["Message-ID"] for one in postman.accepted]  # type: ignore[arg-type]
    assert ids == [receipt.reference, receipt.reference]


def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(TemporaryFailure, match="tidak menjawab"):
        EmailChannel.from_url(f"smtp://127.0.0.1:{port}").deliver(a_parcel())


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = MailServer.from_url(f"smtp://127.0.0.1:{silent.getsockname()[1]}")

        with pytest.raises(TemporaryFailure):
            EmailChannel(server, timeout=0.2).deliver(a_parcel())


def test_a_server_without_encryption_gets_no_mail_that_asks_for_it(postman: Postman) -> None:
    with mail_server(postman) as port:
        channel = EmailChannel.from_url(f"smtp+starttls://127.0.0.1:{port}")

        with pytest.raises(TemporaryFailure):
            channel.deliver(a_parcel())

    assert postman.accepted == []


def test_a_certificate_of_nobody_is_not_believed(postman: Postman, tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    with mail_server(postman, tls_context=context) as port:
        channel = EmailChannel.from_url(f"smtp+starttls://127.0.0.1:{port}")

        with pytest.raises(TemporaryFailure, match="SSLCertVerificationError"):
            channel.deliver(a_parcel())


def test_mail_travels_encrypted_and_signed_in(postman: Postman, tmp_path: Path) -> None:
    from aiosmtpd.smtp import AuthResult, LoginPassword

    def check(server: object, session: object, envelope: object, how: str, data: object) -> object:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (b"alur", b"p@ss:w/rd"))

    context = self_signed(tmp_path)
    trust = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    with mail_server(postman, tls_context=context, authenticator=check, auth_required=True) as port:
        url = f"smtp+starttls://alur:p%40ss%3Aw%2Frd@127.0.0.1:{port}?from=surat@wanajaya.example"
        good = EmailChannel(MailServer.from_url(url), trust=trust)
        wrong = MailServer.from_url(url.replace("p%40ss", "salah"))
        bad = EmailChannel(wrong, timeout=1.0, trust=trust)

        assert good.deliver(a_parcel())
        with pytest.raises(TemporaryFailure, match="Peladen surat"):
            bad.deliver(a_parcel())

    assert len(postman.accepted) == 1
    assert "p@ss" not in repr(good._server)


def self_signed(folder: Path) -> ssl.SSLContext:
    import ipaddress
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://mail.example",
        "smtp://",
        "smtp://user:pass@mail.example",
        "smtps://mail.example?from=bukan%0D%0Aalamat",
    ],
)
def test_an_unsound_setting_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP URL|encrypted|address"):
        MailServer.from_url(url)


def test_the_outbox_keeps_one_folder_for_each_parcel(tmp_path: Path) -> None:
    outbox = OutboxChannel(tmp_path / "outbox")

    receipt = outbox.deliver(a_parcel())
    outbox.deliver(a_parcel(subject="Diubah"))

    (folder,) = (tmp_path / "outbox").iterdir()
    assert folder.name == receipt.reference
    assert sorted(path.name for path in folder.iterdir()) == ["Surat 005-12-2026.pdf", "surat.eml"]
    message = email.message_from_bytes(
        (folder / "surat.eml").read_bytes(), policy=email.policy.default
    )
    assert message["Subject"] == "Undangan rapat koordinasi"


def test_an_outbox_that_cannot_be_written_may_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("no folder")

    with pytest.raises(TemporaryFailure, match="Folder tidak dapat ditulisi"):
        OutboxChannel(tmp_path / "outbox").deliver(a_parcel())


def test_an_interrupted_delivery_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr(Path, "rename", full)

    with pytest.raises(TemporaryFailure):
        OutboxChannel(tmp_path).deliver(a_parcel())
    assert list(tmp_path.iterdir()) == []


def test_a_tanda_terima_can_be_printed(tmp_path: Path) -> None:
    hand = HandDeliveryChannel(tmp_path)
    receipt = hand.deliver(a_parcel(subject="<b>Undangan</b>"))

    page = hand.receipt_page(receipt.reference)

    assert "TANDA TERIMA" in page
    assert "&lt;b&gt;Undangan" in page
    assert "Kepala Dinas Contoh" in page
    for wrong in ("../etc", "unknown", ""):
        with pytest.raises(LookupError):
            hand.receipt_page(wrong)
