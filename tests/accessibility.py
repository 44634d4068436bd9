"""A small check of a page for those who cannot see it well or use a mouse, run in the browser.

Not a replacement for a person: names of controls and pictures, contrast of text, headings, and
whether the Tab key reaches everything that can be operated.
"""

from __future__ import annotations

from typing import Any

CHECK = r"""
() => {
  const problems = [];
  const tell = (what, element) => problems.push(
    what + ": " + element.outerHTML.replace(/\s+/g, " ").slice(0, 120));
  const shown = (e) => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    return style.visibility !== "hidden" && style.display !== "none" && box.width > 0
      && box.height > 0 && !e.closest("[aria-hidden=true]");
  };
  const textOf = (ids) => ids.split(/\s+/).map(
    (id) => (document.getElementById(id) || {}).textContent || "").join(" ");
  const nameOf = (e) => {
    const label = e.id && document.querySelector(`label[for="${CSS.escape(e.id)}"]`);
    const parts = [e.getAttribute("aria-label"), textOf(e.getAttribute("aria-labelledby") || ""),
      label && label.textContent, e.closest("label") && e.closest("label").textContent,
      e.getAttribute("title"), e.getAttribute("alt")];
    if (!["INPUT", "SELECT", "TEXTAREA"].includes(e.tagName)) { parts.push(e.textContent); }
    return parts.map((part) => (part || "").trim()).find((part) => part) || "";
  };
  const OPERATED = "a[href], button, input:not([type=hidden]), select, textarea, summary, "
    + "[role=slider], [role=button]";
  document.querySelectorAll(OPERATED).forEach((e) => {
    if (shown(e) && !nameOf(e)) { tell("no name", e); }
  });
  document.querySelectorAll("img, [role=img], [role=figure]").forEach((e) => {
    if (shown(e) && !nameOf(e)) { tell("picture without words", e); }
  });
  document.querySelectorAll(".js-plotly-plot").forEach((e) => {
    if (shown(e) && !e.getAttribute("role")) { tell("picture without a role", e); }
  });
  if (!document.documentElement.lang) { problems.push("the page has no language"); }
  if (!document.title.trim()) { problems.push("the page has no title"); }
  let before = 0;
  document.querySelectorAll("h1, h2, h3, h4, h5, h6").forEach((e) => {
    if (!shown(e)) { return; }
    const level = Number(e.tagName[1]);
    if (level > before + 1) { tell("heading level left out", e); }
    before = level;
  });
  if (before === 0) { problems.push("the page has no heading"); }

  const channel = (byte) => {
    const v = byte / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const numbers = (text) => {
    const found = (text.match(/[\d.]+/g) || []).map(Number);
    return found.length < 3 ? null : [found[0], found[1], found[2], found[3] ?? 1];
  };
  const over = (top, under) => top.slice(0, 3).map((v, i) => top[3] * v + (1 - top[3]) * under[i]);
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour && colour[3] > 0) { layers.push(colour); if (colour[3] === 1) { break; } }
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !shown(e)) { continue; }
    if (e.closest("script, style, option, :disabled")) { continue; }
    const style = getComputedStyle(e), svg = e.closest("svg");
    const colour = numbers(svg ? style.fill : style.color);
    if (!colour || (svg && style.fill === "none")) { continue; }
    const under = ground(svg ? svg.parentElement : e);
    const [a, b] = [light(over(colour, under)), light(under)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    texts += 1;
    if ((a + 0.05) / (b + 0.05) < least) {
      tell("contrast " + ((a + 0.05) / (b + 0.05)).toFixed(2) + " of " + least, e);
    }
  }
  if (texts === 0) { problems.push("no text was seen"); }
  return [...new Set(problems)];
}
"""

MARK = """
() => {
  const all = document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [role=slider], [role=button]");
  let n = 0;
  all.forEach((e) => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const seen = box.width > 0 && box.height > 0 && style.visibility !== "hidden";
    // A picture's own tools only repeat what the mouse does there.
    if (seen && !e.disabled && !e.closest(".js-plotly-plot")) {
      e.setAttribute("data-reach", n); n += 1;
    }
  });
  return n;
}
"""
FOCUSED = """
() => {
  const e = document.activeElement;
  if (e && e.hasAttribute("data-reach")) {
    const style = getComputedStyle(e);
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
    e.setAttribute("data-reach", seen ? "reached" : "unseen");
  }
}
"""
LEFT = """
() => [...document.querySelectorAll("[data-reach]:not([data-reach=reached])")].map((e) =>
  (e.dataset.reach === "unseen" ? "focus not seen: " : "not reached by Tab: ")
  + e.outerHTML.slice(0, 120))
"""


def page_problems(page: Any) -> list[str]:
    """Say what of names, pictures, headings and contrast is wrong on an open page."""
    found: list[str] = page.evaluate(CHECK)
    return found


def keyboard_problems(page: Any) -> list[str]:
    """Go through the page with Tab, and say what it does not reach or does not show."""
    n = page.evaluate(MARK)
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    for _ in range(2 * n + 20):
        page.keyboard.press("Tab")
        page.evaluate(FOCUSED)
    left: list[str] = page.evaluate(LEFT)
    return left if n else ["nothing on the page can be operated"]
