"""From draws to a verdict in words, with what it rests on or what would be needed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from paintrend.results.criteria import CANNOT_TELL_FROM, PROBABLE_FROM
from paintrend.results.direction import in_direction
from paintrend.results.session_criteria import SessionCriteria
from paintrend.scales import Scale
from paintrend.session_rules import VERDICTS
from paintrend.soreness.timing import Coverage
from paintrend.wording import (
    CANNOT_TELL,
    amount,
    beside_threshold,
    number,
    percent,
    plural,
    time_unit,
    with_unit,
)

__all__ = ["Facts", "Verdict", "give_verdict", "why_no_facts"]

UNEASY = ("does_not_settle", "builds_up")
ONE_SESSION = "but whether it was gone before the next cannot be told from one session"


class Facts(NamedTuple):
    """What a verdict rests on: shares of curves by `VERDICTS`, medians, and counts."""

    share: dict[str, float]
    rise: float
    left: float
    climb: float
    n_sessions: int
    coverage: Coverage
    regular: bool
    unit: str
    n_later: int = 0
    """Sessions attended after the horizon."""


class Verdict(NamedTuple):
    """A verdict, how sure it is, and a sentence."""

    name: str
    confidence: str
    reason: str


def why_no_facts(n_attended: int, rated: bool, horizon: float) -> str:
    """Say why nothing is known of a patient's response."""
    if not n_attended:
        return "No session attended."
    attended, at = plural(n_attended, "session"), time_unit(horizon).show(horizon)
    if not rated:
        return f"{attended} attended, but no rating up to the horizon ({at}) was fitted."
    return f"{attended} attended, none up to the horizon ({at})."


def give_verdict(
    facts: Facts | None,
    criteria: SessionCriteria,
    without: str = "No session attended.",
    *,
    scale: Scale | None = None,
) -> Verdict:
    """Name what the draws allow.

    A verdict needs half of the curves, and enough sessions that the patient's own ratings can
    judge: what is known of others alone is no verdict. That it settles, or that there is no
    response, is not named while a fifth of the curves do not settle or build up; nor is that
    named while a fifth have no response. Without a second session nobody knows whether the first
    one's response was gone before the next.

    Parameters
    ----------
    facts : Facts, optional
        None where there is no session to judge; `without` says why.
    scale : Scale, optional
        Whose direction the sentence has; without it that of "higher is worse".
    """
    found = Verdict(CANNOT_TELL, "none", without) if facts is None else _verdict(facts, criteria)
    said = found.reason if scale is None else in_direction(found.reason, scale)
    if facts is not None:  # numbers with the user's unit come last
        by = amount(abs(facts.climb), facts.unit, 1)
        said = said.format(rise_by=_rise(facts, criteria), climb_by=by)
    return found._replace(reason=said)


def _verdict(facts: Facts, criteria: SessionCriteria) -> Verdict:
    """Give the verdict with a sentence in which {rise_by} and {climb_by} stand for numbers."""
    needed = _needed(facts, criteria)
    if needed:
        return Verdict(CANNOT_TELL, "none", needed)
    top = max(VERDICTS, key=lambda name: facts.share[name])
    uneasy = sum(facts.share[name] for name in UNEASY)
    doubt = facts.share["no_response"] if top in UNEASY else uneasy
    if np.isnan(facts.left) and (top != "no_response" or facts.share[top] < PROBABLE_FROM):
        rise = "Rise after the session {rise_by}"
        return Verdict(
            CANNOT_TELL, "none", f"{rise}, {ONE_SESSION}. Needed: at least 2 sessions attended."
        )
    if facts.share[top] < PROBABLE_FROM or doubt >= CANNOT_TELL_FROM:
        between = " or ".join(
            f"{name.replace('_', ' ')} ({percent(facts.share[name])})"
            for name in sorted(VERDICTS, key=lambda name: -facts.share[name])[:2]
        )
        wanted = "more sessions rated before and 24 to 72 hours after"
        if facts.regular and facts.share["builds_up"] >= CANNOT_TELL_FROM:
            wanted += ", and a pause or uneven gaps"
        return Verdict(CANNOT_TELL, "none", f"{between}. Needed: {wanted}.")
    sure = "clear" if facts.share[top] >= criteria.certainty else "probable"
    return Verdict(top, sure, _reason(top, facts, criteria))


def _needed(facts: Facts, criteria: SessionCriteria) -> str:
    """Say which ratings are missing for any verdict; "" if none."""
    seen, least = facts.coverage, criteria.sessions
    if facts.n_sessions < least:
        held = " up to the horizon" if facts.n_later else ""
        return f"{plural(facts.n_sessions, 'session')} attended{held}; needed: at least {least}."
    if seen.pairs >= least:
        return ""
    wanted = []
    if seen.after < least:
        wanted.append("ratings 24 to 72 h after a session")
    if seen.before < least:
        wanted.append("ratings shortly before a session")
    if not wanted:
        wanted.append("ratings before and 24 to 72 h after the same session")
    return (
        f"{seen.pairs} of {plural(facts.n_sessions, 'session')} rated before and 12 to 72 h after. "
        f"Needed, for at least {plural(least, 'session')}: {' and '.join(wanted)}."
    )


def _rise(facts: Facts, criteria: SessionCriteria) -> str:
    least = criteria.rise
    rise = number(facts.rise, 1) if least is None else beside_threshold(facts.rise, least)
    return with_unit(rise, facts.unit)


def _reason(name: str, facts: Facts, criteria: SessionCriteria) -> str:
    sessions = "the session" if facts.n_sessions == 1 else "sessions"
    # numbers are medians over the curves
    left = "" if np.isnan(facts.left) else f", {percent(facts.left)} left before the next session"
    way = "better" if facts.climb < 0.0 else "worse"
    climbs = f"the level before sessions gets {way} by {{climb_by}}"
    together = (
        " Sessions were regular: a climb by sessions and a slow deterioration look the same; only "
        "a pause or uneven gaps could tell them apart."
        if facts.regular
        else " This describes ratings; that sessions did it is not shown."
    )
    if name == "no_response":
        text = f"Rise after {sessions} {{rise_by}}."
        climbing = facts.climb >= (criteria.climb or np.inf)
        same = together if facts.regular else ""
        return f"{text} But {climbs}: see the course.{same}" if climbing else text
    text = f"Rise after {sessions} {{rise_by}}{left}; {climbs}."
    return text + (together if name == "builds_up" else "")
