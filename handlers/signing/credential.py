"""One person's key for one signature: opened by the passphrase, held no longer than needed."""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import x509
from cryptography import x509 as pyca_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from engine import Secret

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class Credential(Signer):
    """A signer that holds the opened key.

    pyHanko's own ``SimpleSigner`` parses and checks the key again for each signature and signs
    twice, the first time only to learn the size.
    """

    def __init__(
        self,
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate] = (),
    ) -> None:
        self._key = key
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(list(chain))
        super().__init__(signing_cert=certificate, cert_registry=store)

    @classmethod
    def from_pkcs12(cls, data: bytes, secret: Secret) -> Credential | None:
        """Open the file, or return None when the passphrase does not fit."""
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(
                data, secret.reveal_once().encode()
            )
        except ValueError:
            return None
        known = isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
        if certificate is None or not known:
            return None
        assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)  # noqa: S101
        return cls(key, _asn1(certificate), [_asn1(one) for one in chain])

    @property
    def certificate(self) -> x509.Certificate:
        certificate = self.signing_cert
        if certificate is None:
            raise LookupError("A credential has a certificate.")
        return certificate

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        key, algorithm = self._key, _HASHES[digest_algorithm]
        if isinstance(key, rsa.RSAPrivateKey):
            if dry_run:
                return bytes(key.key_size // 8)
            return key.sign(data, padding.PKCS1v15(), algorithm)
        return bytes(72) if dry_run else key.sign(data, ec.ECDSA(algorithm))

    def __repr__(self) -> str:
        return "Credential(***)"


def _asn1(certificate: pyca_x509.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))
