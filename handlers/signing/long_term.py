"""Judging as of the time of signing, by what the document itself carries (ETSI AdES)."""

from __future__ import annotations

import io
from datetime import datetime

from asn1crypto import crl, ocsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from handlers.signing.trust import RevocationNews, Trust


def dss_has_answers(reader: PdfFileReader) -> bool:
    """Say whether the document carries answers about revocation."""
    dss = _dss(reader)
    return dss is not None and bool(dss.ocsps or dss.crls)


async def judged_long_term(
    pdf: bytes, place: int, trust: Trust, news: RevocationNews, at: datetime | None
) -> bool:
    """Say whether the signature was good at the time that its time stamps prove.

    Certificates and revocation lists are taken from the document and from our own news only.
    """
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    signature = reader.embedded_regular_signatures[place]
    timing = ValidationTimingInfo(at, at, True) if at is not None else None
    spec = _specification(trust, _knowledge(reader, trust, news))
    if reader.embedded_timestamp_signatures:
        lasting = await ades_lta_validation(signature, spec, timing_info=timing)
        return lasting.ades_subindic == AdESPassed.OK
    signature.compute_integrity_info()
    stamped = await ades_with_time_validation(
        signature.signed_data,
        spec.signature_validation_spec,
        raw_digest=signature.compute_digest(),
        timing_info=timing,
    )
    return stamped.ades_subindic == AdESPassed.OK


def _specification(trust: Trust, knowledge: LocalKnowledge) -> PdfSignatureValidationSpec:
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=list(trust.roots)),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    offline = RevocationInfoGatheringSpec(
        RevinfoOnlineFetchingRule.LOCAL_ONLY, None, CertificateFetchingRule.NEVER_FETCH
    )
    judged = SignatureValidationSpec(
        cert_validation_policy=policy,
        revinfo_gathering_policy=offline,
        local_knowledge=knowledge,
    )
    return PdfSignatureValidationSpec(judged)


def _knowledge(reader: PdfFileReader, trust: Trust, news: RevocationNews) -> LocalKnowledge:
    answers, lists, certificates = list(news.ocsps), list(news.crls), list(trust.issuers)
    dss = _dss(reader)
    if dss is not None:
        answers += [ocsp.OCSPResponse.load(one.get_object().data) for one in dss.ocsps]
        lists += [crl.CertificateList.load(one.get_object().data) for one in dss.crls]
        certificates += list(dss.load_certs())
    return LocalKnowledge(
        known_ocsps=[OCSPContainer(one) for one in answers],
        known_crls=[CRLContainer(one) for one in lists],
        known_certs=certificates,
    )


def _dss(reader: PdfFileReader) -> DocumentSecurityStore | None:
    try:
        return DocumentSecurityStore.read_dss(reader)
    except ValidationInfoReadingError:
        return None
