"""The register (buku agenda surat keluar): read, searched, taken along as a workbook."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, render_template, request

from handlers.register import RegisterQuery, register_workbook
from webapp.access import allowed, visitor
from webapp.asking import whole
from webapp.languages import gettext
from webapp.office import office

pages = Blueprint("register", __name__)

A_PAGE = 50
WHOLE_BOOK = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/register")
@allowed("register.read")
def show() -> str:
    """The lines that match, the latest first; confidential ones are masked."""
    query, number = _query()
    at_home, reader = office(), visitor().reader
    total = at_home.register.count(query, reader)
    return render_template(
        "register.html",
        query=query,
        rows=at_home.register.search(query, reader),
        total=total,
        page=number,
        last=max((total - 1) // A_PAGE + 1, 1),
        years=at_home.register.years(query.office),
        units=at_home.organisation.units(query.office),
        offices=[at_home.organisation.office(each) for each in _offices()],
    )


@pages.get("/register.xlsx")
@allowed("register.read")
def workbook() -> Response:
    """The same lines as a workbook, all of them."""
    query, _ = _query()
    at_home = office()
    book = at_home.organisation.office(query.office)
    rows = at_home.register.search(replace(query, limit=WHOLE_BOOK, offset=0), visitor().reader)
    title = gettext("Agenda Surat Keluar %(office)s", office=book.name)
    name = f"agenda-surat-keluar-{book.id}-{query.year or 'semua'}.xlsx"
    return Response(
        register_workbook(rows, title, book.zone),
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _query() -> tuple[RegisterQuery, int]:
    offices = _offices()
    if not offices:
        abort(403)
    wanted = request.args.get("office", "")
    number = max(request.args.get("page", 1, type=whole), 1)
    query = RegisterQuery(
        office=wanted if wanted in offices else offices[0],
        year=request.args.get("year", type=whole),
        text=request.args.get("q", "").strip(),
        unit=request.args.get("unit", ""),
        limit=A_PAGE,
        offset=(number - 1) * A_PAGE,
    )
    return query, number


def _offices() -> tuple[str, ...]:
    return visitor().offices_where("register.read")
