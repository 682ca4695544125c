"""How a PAdES signature is made: at level B-LTA, with all that is needed to judge it later."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)

from engine import Secret
from handlers.signing.appearance import VisibleBlock
from handlers.signing.authority import Authority
from handlers.signing.contract import SignedPdf, SignerUnavailable, SigningRefused, SigningRequest
from handlers.signing.credential import Credential
from handlers.signing.gate import verify_pdf
from handlers.signing.quiet_writer import QuietWriter
from handlers.signing.running import run_to_end
from handlers.signing.trust import RevocationNews

# Room for the signatures, in hexadecimal digits: known beforehand, so nothing is signed twice.
_SIGNATURE_ROOM = 20_480
_STAMP_ROOM = 12_288
_DIGEST = "sha256"


class PadesWorkshop:
    """Signs with the keys of an authority, and checks its own work before handing it out."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._block = VisibleBlock()

    def sign(self, request: SigningRequest, secret: Secret) -> SignedPdf:
        """Sign the document; see ``Signer`` for what is promised and raised."""
        credential = self._authority.unlock(request.person, secret)
        try:
            pdf = run_to_end(self._sign(request, credential))
        except TimestampRequestError as problem:
            raise SignerUnavailable("Penanda waktu tidak menjawab.") from problem
        except (SigningError, PdfError, ValueError) as problem:
            raise SigningRefused(_refusal(problem)) from problem
        return self._checked(request, pdf)

    async def _sign(self, request: SigningRequest, credential: Credential) -> bytes:
        news = self._authority.news_of(credential.certificate)
        clock = self._authority.timestamper()
        signed = await self._with_revocation(request, credential, news, clock)
        return await self._with_archive_stamp(signed, news, clock)

    async def _with_revocation(
        self,
        request: SigningRequest,
        credential: Credential,
        news: RevocationNews,
        clock: TimeStamper,
    ) -> bytes:
        """Sign at B-LT in one revision: signature, time stamp and the authority's answers."""
        anchor = request.anchor
        width, height = anchor.x1 - anchor.x0, anchor.y1 - anchor.y0
        metadata = PdfSignatureMetadata(
            field_name=request.field,
            md_algorithm=_DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            reason=request.reason,
            location=request.location,
            embed_validation_info=True,
            validation_context=self._context(news),
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )
        signer = PdfSigner(
            metadata,
            credential,
            timestamper=clock,
            stamp_style=self._block.style(width, height),
            new_field_spec=_field(request),
        )
        text = self._block.text(request.stamp_lines, self._authority.mark, width, height)
        out = await signer.async_sign_pdf(
            QuietWriter(io.BytesIO(request.pdf)),
            bytes_reserved=_SIGNATURE_ROOM,
            appearance_text_params={"url": request.verification_url, "block": text},
        )
        return bytes(out.getvalue())

    async def _with_archive_stamp(
        self, signed: bytes, news: RevocationNews, clock: TimeStamper
    ) -> bytes:
        """Lift B-LT to B-LTA, so that the answers inside stay believable when they expire."""
        out = await PdfTimeStamper(clock).async_timestamp_pdf(
            QuietWriter(io.BytesIO(signed)),
            _DIGEST,
            validation_context=self._context(news),
            bytes_reserved=_STAMP_ROOM,
            dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        )
        return bytes(out.getvalue())

    def _context(self, news: RevocationNews) -> ValidationContext:
        """A revoked or expired signer is refused before anything is signed."""
        trust = self._authority.trust
        return _Answered(
            trust_roots=list(trust.roots),
            other_certs=list(trust.issuers),
            crls=list(news.crls),
            ocsps=list(news.ocsps),
            allow_fetching=False,
            revocation_mode="hard-fail",
        )

    def _checked(self, request: SigningRequest, pdf: bytes) -> SignedPdf:
        if not pdf.startswith(request.pdf):
            raise SigningRefused("Dokumen yang ditandatangani bukan dokumen yang disetujui.")
        verdict = verify_pdf(pdf, self._authority.trust)
        mine = [one for one in verdict.signers if one.field == request.field]
        if verdict.verdict != "valid" or len(mine) != 1:
            raise SigningRefused(
                "Tanda tangan yang dihasilkan tidak lolos pemeriksaan: "
                + " ".join(verdict.problems)
            )
        return SignedPdf(pdf, verdict.level, mine[0].name, mine[0].signed_at or datetime.now(UTC))


def _field(request: SigningRequest) -> SigFieldSpec:
    place = request.anchor
    return SigFieldSpec(
        request.field,
        on_page=place.page,
        box=(round(place.x0), round(place.y0), round(place.x1), round(place.y1)),
        readable_field_name="Tanda tangan elektronik " + ", ".join(request.stamp_lines),
    )


class _Answered(ValidationContext):
    """Has every answer with it. pyHanko would warn in the log that it may not ask the network."""

    @property
    def fetching_allowed(self) -> bool:
        return True


def _refusal(problem: Exception) -> str:
    if "filled already" in str(problem):
        return "Dokumen ini sudah ditandatangani oleh penanda tangan yang sama."
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, RevokedError):
            return "Sertifikat elektronik penanda tangan telah dicabut."
        if isinstance(cause, ExpiredError | NotYetValidError):
            return "Sertifikat elektronik penanda tangan tidak berlaku pada saat ini."
        if isinstance(cause, PathError | ValidationError):
            return "Status sertifikat elektronik penanda tangan tidak dapat dipastikan."
        cause = cause.__cause__
    return "Dokumen tidak dapat ditandatangani: bentuk PDF-nya ditolak."
