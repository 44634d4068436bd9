"""Messages of the library in the words of the command line: options instead of arguments."""

from __future__ import annotations

import re

from paintrend.cli.suggested import as_options

__all__ = ["in_options"]

# Each message is written once, for Python; here its arguments become options.
WORDS: tuple[tuple[str, str], ...] = (
    (r"pass Scale\(name, low, high, better=\.\.\., worse=\.\.\.\)",
     "give its range and thresholds, e.g. --scale 0-7 --worsening 2 --improvement 2"),
    (r"\bScale\(name, ([^,()]+), ([^,()]+), step=0\)", r"--scale \1-\2 --step 0"),
    (r"\bCriteria\((\w+)=\.\.\.\)", r"--\1"),
    (r"\bor wide=True", "or --wide"),
    (r"\bwide=True", "--wide"),
    (r"\bwide=(\{\})?", "--visits"),
    (r"\bcolumns=", "--columns"),
    (r"\bselect=", "--select"),
    (r"\bsheet=\['\.\.\.', \.\.\.\]", "--sheets"),
    (r"\blabels=True", "--labels yes"),
    (r"\blabels=False", "--labels no"),
    (r"(?<!\")\b(code|parameter|pain|identifier|instrument|period|statuses|answers)=", r"--\1"),
    (r"\bcovariates=", "--covariates"),
    (r"\bmissing_codes= is a list", "--missing-codes is a list"),
    (r"\b(event|visit)_days=(\{[^}]*\})?", r"--\1-days"),
    (r"\bcomplete_only(=True)?", "--complete-only"),
    (r"\btime_zone=", "--time-zone"),
    (r"(?<!\")\bdate=", "--date"),
    (r"(?<!\")\bday=", "--day"),
    (r"\btime_unit='(\w+)'", r"--time-unit \1"),
    (r"\btime_unit=(?=\w)", "--time-unit "),
    (r"\btime_unit=", "--time-unit"),
    (r"\(one date, or patient id -> date\)", "(one date for all)"),
    (r"(?<!\")\bstart=", "--start"),
    (r"\bhorizon=(?=\d)", "--horizon "),
    (r"\bdraws=(?=\d)", "--draws "),
    (r"\bn_patients=(?=\d)", "--patients "),
    (r"^Privacy: age_years must be", "--age-bands must be"),
    (r"\bstep=0\b", "--step 0"),
    (r"\blenient=True", "--lenient"),
    (r"add it to signs=", "add it to the table of --signs"),
    (r"\bsigns= cannot", "--signs cannot"),
    (r"Leave population= out to cross-fit \(with horizon=\), or take", "Take"),
    (r"\brestart=True", "--restart"),
    (r"\b(worsening|improvement|lasting_days|seed|draws|workers) must be", r"--\1 must be"),
    (r"\bn_patients must be", "--patients must be"),
    (r"\bcriteria\.(worsening|improvement|lasting_days|sustained_days)\b", r"--\1"),
    (r"--lasting_days", "--lasting-days"),
    (r"(?:--|\b)sustained_days\b", "--sustained-days"),
    (r": see \.(missing|problems)\b", ""),
    (r"^Criteria cannot be used: ", ""),
    (r"^(fit_(curves|parquet)|monitor): ", ""),
    (r"; leave horizon out to use the", "; leave --horizon out to use the"),
)  # fmt: skip


def in_options(text: str) -> str:
    """Put a message of the library into the words of the command line.

    Examples
    --------
    >>> in_options("Say which: columns={'pain': 'NRS today'}.")
    'Say which: --columns "pain=NRS today".'
    >>> in_options("Say which: columns={'day': 'Visit'}, or give date='Seen'.")
    'Say which: --columns "day=Visit", or give --date Seen.'
    """
    text, options = as_options(text)
    for pattern, words in WORDS:
        text = re.sub(pattern, words, text)
    return re.sub("\0(\\d+)\0", lambda match: options[int(match[1])], text)
