"""The numbers: every number an office gave in a year, with its state and the reason for it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from webapp.access import allowed, visitor
from webapp.asking import whole
from webapp.languages import ZONE
from webapp.office import office

pages = Blueprint("numbers", __name__)

A_PAGE = 100


@pages.get("/numbers")
@allowed("register.read")
def show() -> str:
    """The numbers of one year; of confidential letters only number, date and state."""
    at_home, reader = office(), visitor().reader
    offices = visitor().offices_where("register.read")
    if not offices:
        abort(403)
    wanted = request.args.get("office", "")
    chosen = wanted if wanted in offices else offices[0]
    years = at_home.numbers.years(chosen)
    this_year = at_home.clock.now().astimezone(ZONE).year
    year = request.args.get("year", years[0] if years else this_year, type=whole)
    page = max(request.args.get("page", 1, type=whole), 1)
    total = at_home.numbers.count(chosen, year, reader)
    return render_template(
        "numbers.html",
        rows=at_home.numbers.of_year(
            chosen, year, reader, limit=A_PAGE, offset=(page - 1) * A_PAGE
        ),
        total=total,
        page=page,
        last=max((total - 1) // A_PAGE + 1, 1),
        year=year,
        years=sorted({*years, year}, reverse=True),
        chosen=chosen,
        offices=[at_home.organisation.office(each) for each in offices],
    )
