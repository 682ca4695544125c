"""What every signer promises, asked of the real one and of the one that tests pretend with."""

from __future__ import annotations

import pytest
from signing_bench import PASSPHRASE, StampSigner, a_letter, a_request, locals_of_the_house

from engine import Secret
from handlers.signing import PadesSigner, Signer, WrongPassphrase


@pytest.fixture(params=["pades", "pretended"])
def any_signer(request: pytest.FixtureRequest, signer: PadesSigner) -> Signer:
    return signer if request.param == "pades" else StampSigner()


def test_the_given_bytes_are_the_beginning_of_the_signed_file(any_signer: Signer) -> None:
    made = any_signer.sign(a_request(), Secret(PASSPHRASE))

    assert made.pdf.startswith(a_letter())
    assert len(made.pdf) > len(a_letter())


def test_the_result_says_who_signed_how_and_when(any_signer: Signer) -> None:
    made = any_signer.sign(a_request(), Secret(PASSPHRASE))

    assert made.level in ("B-B", "B-T", "B-LT", "B-LTA")
    assert made.subject
    assert made.signed_at.tzinfo is not None


def test_a_wrong_passphrase_is_told_apart_and_kept_quiet(any_signer: Signer) -> None:
    with pytest.raises(WrongPassphrase) as caught:
        any_signer.sign(a_request(), Secret("Keliru-8841"))

    assert "Keliru-8841" not in locals_of_the_house(caught.value)


def test_the_secret_is_used_up(any_signer: Signer) -> None:
    secret = Secret(PASSPHRASE)
    any_signer.sign(a_request(), secret)

    with pytest.raises(LookupError):
        secret.reveal_once()
