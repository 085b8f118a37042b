"""A person with a browser: signs in, opens pages, and notices what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

from runtime import browser
from tests.browser.site import PASSWORD, Site

ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
]
PHONE, TABLET, DESK = 360, 768, 1280
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is right need not be described: on a page of fifty rows that takes longer than finding what is wrong.
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
CSP_LISTENER = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"

FINGER = 44
SMALL_TARGETS = """(finger) => {
  const covered = (el) => {
    let at = el;
    while (at && getComputedStyle(at).position === "static") at = at.parentElement;
    return (at ?? document.body).getBoundingClientRect();
  };
  const size = (el) => {
    const over = getComputedStyle(el, "::after");
    if (over.position !== "absolute" || over.content === "none") {
      const { width, height } = el.getBoundingClientRect();
      return [width, height];
    }
    const { width, height } = covered(el);
    const sides = ["left", "right", "top", "bottom"].map((side) => parseFloat(over[side]));
    return [width - sides[0] - sides[1], height - sides[2] - sides[3]];
  };
  const small = [];
  const controls = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const el of document.querySelectorAll(`main :is(${controls})`)) {
    if (!el.checkVisibility({ visibilityProperty: true }) || el.closest(".visually-hidden, [data-sample]")) continue;
    const words = [...el.parentElement.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    if (getComputedStyle(el).display === "inline" && words.some((node) => node.data.trim().length > 1)) continue;
    const [width, height] = size((el.matches("input") && el.closest("label, .search")) || el);
    if (width < 1 || height < 1 || (height > finger - 1 && width >= 24)) continue;
    small.push(`${Math.round(width)} x ${Math.round(height)} px: ${el.outerHTML.slice(0, 120)}`);
  }
  return small;
}"""


def launch(playwright: Playwright) -> Browser:
    """The Chromium that was found on this machine."""
    return playwright.chromium.launch(executable_path=str(browser.find_chromium()), args=ARGUMENTS)


@dataclass
class Visitor:
    """One browser context; `faults` collects console errors and policy reports of all pages opened."""

    chromium: Browser
    site: Site
    width: int = DESK
    theme: str = "light"
    language: str = "en"
    script: bool = True
    faults: list[str] = field(default_factory=list)
    transferred: int = 0

    @cached_property
    def page(self) -> Page:
        context = self.chromium.new_context(
            viewport={"width": self.width, "height": 640 if self.width < 600 else 900},
            color_scheme=self.theme,
            has_touch=self.width < 600,
            is_mobile=self.width < 600,
            java_script_enabled=self.script,
        )
        host = self.site.url
        context.add_cookies([{"name": "django_language", "value": self.language, "url": host}])
        if self.script:
            context.add_init_script(CSP_LISTENER)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        return page

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(f"{self.page.url}: {message.text}")

    def sign_in(self, email: str) -> Visitor:
        """Through the sign-in page, as everybody does; then the wanted language."""
        self.page.goto(f"{self.site.url}/login/")
        self.page.fill("[name=username]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)
        return self

    def open(self, path: str) -> int:
        """Open a page; returns the status."""
        return self.page.goto(f"{self.site.url}{path}").status

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen. Compared with the constant width: a phone's
        innerWidth grows with a page that is too wide."""
        return self.page.evaluate("document.documentElement.scrollWidth") - self.width

    def small_targets(self) -> list[str]:
        """What a finger would miss: links and controls below 44 px, but for those in the middle of a sentence.

        A pseudo-element that lies over a link makes it as large as itself.
        """
        return self.page.evaluate(SMALL_TARGETS, FINGER)

    def axe(self) -> list[str]:
        """Violations as readable lines."""
        found = Axe().run(self.page, options=AXE_OPTIONS).response["violations"]
        return [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found]

    def close(self) -> None:
        self.page.context.close()


def weigh(visitor: Visitor, path: str) -> int:
    """Bytes on the wire of a cold visit of `path`, the icon included."""
    sizes: list[int] = []
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    visitor.open(path)
    visitor.page.wait_for_load_state("networkidle")
    return sum(sizes)
