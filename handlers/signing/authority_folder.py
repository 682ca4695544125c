"""The folder of the demo authority: keys and certificates made once, never shipped."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

#: A host name that no network knows: whoever asks it, asks in vain (RFC 6761).
SERVICE_URL = "http://pki.alur-surat.invalid"
ORGANISATION = "SIMULASI Alur Surat (bukan penyelenggara sertifikasi)"
SERVICES = ("root", "issuing", "ocsp", "tsa")
_NAMES = {
    "root": "SIMULASI - Root CA Alur Surat",
    "issuing": "SIMULASI - CA Penerbit Alur Surat",
    "ocsp": "SIMULASI - OCSP Alur Surat",
    "tsa": "SIMULASI - Penanda Waktu Alur Surat",
}
_NOTE = """SIMULASI

Otoritas sertifikat di folder ini hanya untuk peragaan. Kuncinya dibuat di komputer ini, tidak
dijaga siapa pun, dan tanda tangan yang dihasilkannya tidak mempunyai kekuatan hukum.

The certificate authority in this folder is for demonstration only. Its keys were made on this
computer and guarded by nobody; its signatures have no legal force.
"""


def write_file(path: Path, data: bytes) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def person_folder(folder: Path, person_id: str) -> Path:
    """Return the folder of a person; no id can lead out of it."""
    return folder / "people" / ("p-" + quote(person_id, safe=""))


def create_authority(folder: Path) -> None:
    """Make root, issuing CA, OCSP responder and time stamp authority, unless they stand already.

    Two processes may call this at once: the folder appears whole, and the first one wins.
    """
    if (folder / "authority.json").is_file():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".authority-"))
    try:
        _furnish(workshop)
        workshop.rename(folder)
    except OSError:
        if not (folder / "authority.json").is_file():
            raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _furnish(folder: Path) -> None:
    for name in ("keys", "certificates", "people"):
        (folder / name).mkdir(mode=0o700)
    for name in SERVICES:
        pem = new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_file(folder / "keys" / f"{name}.pem", pem)
    facts = {
        "created": (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds"),
        "serials": {name: new_serial() for name in SERVICES},
    }
    write_file(folder / "authority.json", json.dumps(facts).encode())
    write_file(folder / "BACA-SAYA.txt", _NOTE.encode())
    architecture = summon(folder, facts, {})
    for name in SERVICES:
        certificate = architecture.get_cert(CertLabel(name)).dump()
        write_file(folder / "certificates" / f"{name}.cer", certificate)


def new_serial() -> int:
    return secrets.randbits(63) | 1 << 62


def summon(
    folder: Path, facts: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]
) -> PKIArchitecture:
    """Return the authority of this folder, knowing the people: label -> facts of person.json."""
    config = CertomancerConfig(
        _configuration(folder, facts, people),
        key_search_dir=str(folder),
        config_search_dir=str(folder),
        lazy_load_keys=True,
    )
    return config.get_pki_arch(ArchLabel("demo"))


def _configuration(
    folder: Path, facts: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    keys: dict[str, Any] = {name: {"path": f"keys/{name}.pem"} for name in SERVICES}
    entities = {name: {"common-name": _NAMES[name]} for name in SERVICES}
    certificates = _service_certificates(facts)
    for name in SERVICES:
        if (folder / "certificates" / f"{name}.cer").is_file():
            certificates[name]["certificate-file"] = f"certificates/{name}.cer"
    for label, person in people.items():
        keys[label] = {"path": person["public_key"], "public-only": True}
        entities[label] = {"common-name": person["name"], "serial-number": person["identity"]}
        certificates[label] = _person_certificate(folder, person)
    return {
        "external-url-prefix": SERVICE_URL,
        "keysets": {"demo": {"keys": keys}},
        "pki-architectures": {
            "demo": {
                "keyset": "demo",
                "entity-defaults": {"country-name": "ID", "organization-name": ORGANISATION},
                "entities": entities,
                "certs": certificates,
                "services": _services(),
            }
        },
    }


def _validity(start: str, years: float) -> dict[str, str]:
    begin = datetime.fromisoformat(start)
    return {"valid-from": start, "valid-to": (begin + timedelta(days=365 * years)).isoformat()}


def _service_certificates(facts: Mapping[str, Any]) -> dict[str, Any]:
    created, serials = facts["created"], facts["serials"]

    def certificate(name: str, issuer: str, years: float, **more: Any) -> dict[str, Any]:
        return {
            "subject": name,
            "issuer": issuer,
            "serial": serials[name],
            "validity": _validity(created, years),
            **more,
        }

    authority = {"id": "simple-ca", "params": {"crl-repo": "root"}}
    # The parameters of an authority describe what it issues, not the authority itself.
    issuing = {
        "id": "simple-ca",
        "params": {"max-path-len": 0, "crl-repo": "issuing", "ocsp-service": "issuing"},
    }
    usage = {"schema": "key-usage", "params": ["digital_signature"]}
    stamping = [
        {"id": "key_usage", "critical": True, "smart-value": usage},
        {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
    ]
    return {
        "root": certificate("root", "root", 30, profiles=[authority]),
        "issuing": certificate("issuing", "root", 25, profiles=[issuing]),
        "ocsp": certificate("ocsp", "issuing", 25, profiles=["ocsp-responder"]),
        "tsa": certificate("tsa", "root", 20, extensions=stamping),
    }


def _person_certificate(folder: Path, person: Mapping[str, Any]) -> dict[str, Any]:
    certificate: dict[str, Any] = {
        "issuer": "issuing",
        "serial": person["serial"],
        "validity": {"valid-from": person["valid_from"], "valid-to": person["valid_to"]},
        "profiles": ["digsig-commitment"],
    }
    if (folder / person["certificate"]).is_file():
        certificate["certificate-file"] = person["certificate"]
    if person.get("revoked_since"):
        certificate["revocation"] = {
            "revoked-since": person["revoked_since"],
            "reason": person["revocation_reason"],
        }
    return certificate


def _services() -> dict[str, Any]:
    """The root's list lives for a month; the issuing CA answers by OCSP and a list of minutes."""
    return {
        "ocsp": {
            "issuing": {
                "for-issuer": "issuing",
                "responder-cert": "ocsp",
                "signing-key": "ocsp",
                "validity-period": {"days": 1},
            }
        },
        "crl-repo": {
            "root": {
                "for-issuer": "root",
                "signing-key": "root",
                "simulated-update-schedule": "P30D",
            },
            "issuing": {
                "for-issuer": "issuing",
                "signing-key": "issuing",
                "simulated-update-schedule": "PT1M",
            },
        },
        "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}},
    }
