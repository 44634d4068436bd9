"""What a paper has to say: a checklist filled in, a methods paragraph, and what to run it with."""

from paintrend.reporting.computing import session_info
from paintrend.reporting.grolts import grolts_table
from paintrend.reporting.methods import methods_text

__all__ = ["grolts_table", "methods_text", "session_info"]
