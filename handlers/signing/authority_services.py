"""What the demo authority does: issue, revoke, unlock, and answer for status and time."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from asn1crypto import algos, ocsp, tsp, x509
from certomancer.registry import CertLabel, PKIArchitecture, ServiceLabel
from cryptography import x509 as pyca_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12
from pyhanko.sign.timestamps import TimeStamper

from engine import Secret
from handlers.signing.authority_folder import (
    new_key,
    new_serial,
    person_folder,
    public_pem,
    summon,
    write_file,
)
from handlers.signing.contract import SigningRefused, WrongPassphrase
from handlers.signing.credential import Credential
from handlers.signing.trust import RevocationNews, Trust

_ROUNDS = 60_000  # of the key derivation: a passphrase is tried ten times a second, not a million


class AuthorityServices:
    """The services of one authority; ``DemoAuthority`` is their front."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._standing: _Standing | None = None
        self._facts = json.loads((folder / "authority.json").read_bytes())

    @property
    def trust(self) -> Trust:
        architecture = self._architecture()
        return Trust(
            roots=(_certificate(architecture, "root"),),
            issuers=(_certificate(architecture, "issuing"), _certificate(architecture, "tsa")),
            news=lambda: self.news_at(datetime.now(UTC)),
        )

    def root_pem(self) -> bytes:
        root = pyca_x509.load_der_x509_certificate(self._certificate_bytes("root"))
        return root.public_bytes(Encoding.PEM)

    def enrol(
        self,
        person_id: str,
        name: str,
        passphrase: str,
        *,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
    ) -> None:
        begin = valid_from or datetime.now(UTC) - timedelta(hours=1)
        serial = new_serial()
        home = person_folder(self._folder, person_id)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        inside = home.relative_to(self._folder).as_posix()
        facts = {
            "person": person_id,
            "name": name,
            "identity": f"SIMULASI-{serial:016X}",
            "serial": serial,
            "valid_from": begin.isoformat(timespec="seconds"),
            "valid_to": (valid_to or begin + timedelta(days=3 * 365)).isoformat(timespec="seconds"),
            "public_key": f"{inside}/{serial}.pub",
            "certificate": f"{inside}/{serial}.cer",
        }
        key = new_key()
        write_file(home / f"{serial}.pub", public_pem(key))
        label = f"p{serial}"
        issued = summon(self._folder, self._facts, {label: facts}).get_cert(CertLabel(label)).dump()
        write_file(home / f"{serial}.cer", issued)
        write_file(home / f"{serial}.json", json.dumps(facts).encode())
        write_file(home / "key.p12", self._package(name, key, issued, passphrase))

    def enrolled(self, person_id: str) -> bool:
        return (person_folder(self._folder, person_id) / "key.p12").is_file()

    def revoke(
        self,
        person_id: str,
        *,
        since: datetime | None = None,
        reason: str = "key_compromise",
    ) -> None:
        moment = (since or datetime.now(UTC)).isoformat(timespec="seconds")
        for path in person_folder(self._folder, person_id).glob("*.json"):
            facts = json.loads(path.read_bytes())
            facts |= {"revoked_since": moment, "revocation_reason": reason}
            write_file(path, json.dumps(facts).encode())

    def unlock(self, person_id: str, secret: Secret) -> Credential:
        path = person_folder(self._folder, person_id) / "key.p12"
        if not path.is_file():
            raise SigningRefused("Penanda tangan belum mempunyai sertifikat elektronik.")
        # The passphrase is never bound to a name here: a traceback with locals would show it.
        credential = Credential.from_pkcs12(path.read_bytes(), secret)
        if credential is None:
            raise WrongPassphrase
        return credential

    def news_of(self, certificate: x509.Certificate) -> RevocationNews:
        architecture = self._architecture()
        now = datetime.now(UTC)
        responder = architecture.service_registry.summon_responder(ServiceLabel("issuing"), now)
        request = _status_request(_certificate(architecture, "issuing"), certificate)
        services = architecture.service_registry
        return RevocationNews(
            ocsps=(responder.build_ocsp_response(request),),
            crls=(services.get_crl(ServiceLabel("root"), now),),
        )

    def timestamper(self) -> TimeStamper:
        return self._stand().clock

    def news_at(self, at: datetime) -> RevocationNews:
        services = self._architecture().service_registry
        labels = (ServiceLabel("root"), ServiceLabel("issuing"))
        return RevocationNews(crls=tuple(services.get_crl(label, at) for label in labels))

    def _package(
        self, name: str, key: rsa.RSAPrivateKey, certificate: bytes, passphrase: str
    ) -> bytes:
        chain = [self._certificate_bytes("issuing"), self._certificate_bytes("root")]
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(passphrase.encode())
        )
        return pkcs12.serialize_key_and_certificates(
            name.encode(),
            key,
            pyca_x509.load_der_x509_certificate(certificate),
            [pyca_x509.load_der_x509_certificate(one) for one in chain],
            encryption,
        )

    def _certificate_bytes(self, name: str) -> bytes:
        return (self._folder / "certificates" / f"{name}.cer").read_bytes()

    def _architecture(self) -> PKIArchitecture:
        return self._stand().architecture

    def _stand(self) -> _Standing:
        """Return the authority as it stands; people enrolled by another process are seen."""
        paths = sorted((self._folder / "people").glob("*/*.json"))
        seen = frozenset((path.as_posix(), path.stat().st_mtime_ns) for path in paths)
        with self._lock:
            if self._standing is None or self._standing.seen != seen:
                people = {f"p{path.stem}": json.loads(path.read_bytes()) for path in paths}
                architecture = summon(self._folder, self._facts, people)
                self._standing = _Standing(seen, architecture, _TimeStamper(architecture))
            return self._standing


class _TimeStamper(TimeStamper):
    """Asks the authority in this process for the time."""

    def __init__(self, architecture: PKIArchitecture) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._services = architecture.service_registry

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        authority = self._services.summon_timestamper(ServiceLabel("tsa"), datetime.now(UTC))
        return authority.request_tsa_response(req)


@dataclass(frozen=True)
class _Standing:
    """The authority as it was when these files were seen."""

    seen: frozenset[tuple[str, int]]
    architecture: PKIArchitecture
    clock: _TimeStamper


def _certificate(architecture: PKIArchitecture, name: str) -> x509.Certificate:
    return cast(x509.Certificate, architecture.get_cert(CertLabel(name)))


def _status_request(issuer: x509.Certificate, certificate: x509.Certificate) -> Any:
    question = ocsp.CertId(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha1"}),
            "issuer_name_hash": certificate.issuer.sha1,
            "issuer_key_hash": issuer.public_key.sha1,
            "serial_number": certificate.serial_number,
        }
    )
    requests = ocsp.Requests([ocsp.Request({"req_cert": question})])
    return ocsp.OCSPRequest({"tbs_request": ocsp.TBSRequest({"request_list": requests})})
