"""One demo authority for all tests of signing: making keys is the slow part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from signing_bench import PASSPHRASE, SIGNER, SIGNER_NAME, a_request

from engine import Secret
from handlers.signing import DemoAuthority, PadesSigner, SignedPdf


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> DemoAuthority:
    made = DemoAuthority(tmp_path_factory.mktemp("pki") / "authority")
    made.enrol(SIGNER, SIGNER_NAME, PASSPHRASE)
    made.enrol("contoh:sekretaris", "Agus Salim Contoh, S.Sos.", "sandi-agus")
    past = datetime.now(UTC) - timedelta(days=400)
    made.enrol(
        "contoh:pensiun",
        "Pejabat Purnatugas",
        PASSPHRASE,
        valid_from=past,
        valid_to=past + timedelta(days=30),
    )
    return made


@pytest.fixture(scope="session")
def signer(authority: DemoAuthority) -> PadesSigner:
    return PadesSigner(authority)


@pytest.fixture(scope="session")
def signed(signer: PadesSigner) -> SignedPdf:
    """One letter, signed."""
    return signer.sign(a_request(), Secret(PASSPHRASE))
