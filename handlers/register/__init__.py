"""The front door of the register (buku agenda surat keluar)."""

from handlers.register.audit import audit_register, audit_register_line
from handlers.register.entering import (
    cancel_registered,
    file_registered,
    note_sent,
    register_letter,
)
from handlers.register.numbers import NumberList, NumberRow
from handlers.register.register import Register, RegisterQuery, RegisterRow
from handlers.register.workbook import register_workbook

__all__ = [
    "NumberList",
    "NumberRow",
    "Register",
    "RegisterQuery",
    "RegisterRow",
    "audit_register",
    "audit_register_line",
    "cancel_registered",
    "file_registered",
    "note_sent",
    "register_letter",
    "register_workbook",
]
