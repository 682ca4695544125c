"""Saving a PDF without touching what it says about itself."""

from __future__ import annotations

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class QuietWriter(IncrementalPdfFileWriter):
    """Leaves Producer and ModDate alone.

    pyHanko rewrites both on every save. Then Info and XMP disagree, which PDF/A forbids, and the
    strict gate sees a change that nobody consented to. The method is private; the version is
    pinned, and ``test_signing_leaves_the_metadata_alone`` watches it.
    """

    def _update_meta(self) -> None:
        return
