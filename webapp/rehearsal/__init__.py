"""The rehearsal: every sample letter through its SOP, with no browser and through real parts."""

from webapp.rehearsal.report import row_of, table_head
from webapp.rehearsal.stage import Performance, Stage, stage_on

__all__ = ["Performance", "Stage", "row_of", "stage_on", "table_head"]
