"""The served office and its browsers, shared by the tests that look at pages through them."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.browser_office import RunningOffice, running_office
from acceptance.desk import Album, Desks
from playwright.sync_api import Browser, expect, sync_playwright
from staff_for_tests import prepare_demo_office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office") / "home") as standing:
        yield standing


@pytest.fixture(scope="session")
def prepared_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both demo offices, to be copied: their keys take seconds to make.

    All workers of a run share it: whoever is first prepares it, the others wait.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    home, draft = shared / "prepared_demo", shared / "prepared_demo.draft"
    with (shared / "prepared_demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            prepare_demo_office(draft)
            draft.rename(home)
    return home


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        expect.set_options(timeout=20_000)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desks(office: RunningOffice, browser: Browser) -> Desks:
    return Desks(browser, office.address, pictures())


def pictures() -> Album:
    """Where pages are kept for whoever wants to look at them."""
    folder = os.environ.get("ALUR_SCREENSHOTS")
    return Album(Path(folder) if folder else None)


def chromium() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("Chromium is not installed.")
    assert found is not None, "Expected Chromium: apt-get install chromium"
    return found
