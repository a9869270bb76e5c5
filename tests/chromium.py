"""Chromium for tests: where it is, its flags, and how long a test waits for what a page shows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.waiting import DEADLINE_S, machine_load

FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    pytest.skip("Chromium is not installed")


def timeout_ms() -> float:
    """How long to wait for what a page shows: what is there returns at once, and only failures reach it."""
    return DEADLINE_S * 1000 * machine_load()


@contextmanager
def running_chromium(path: str = "") -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path or chromium(), args=FLAGS, timeout=timeout_ms()
        )
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A window with cookies of its own; every wait in it lasts up to `timeout_ms()`."""
    return patient(browser.new_context(**options))


def new_page(browser: Browser, **options: Any) -> Page:
    return new_context(browser, **options).new_page()


def patient(context: BrowserContext) -> BrowserContext:
    """The context, with this module's time limits, as those of `expect` are from now on."""
    context.set_default_timeout(timeout_ms())
    expect.set_options(timeout=timeout_ms())
    return context
