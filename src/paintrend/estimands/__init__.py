"""Estimands: what a quantity is when something happens between the start and the horizon.

Strategies for intercurrent events as named by ICH E9(R1), for quantities that are read off curves.
"""

from paintrend.estimands.handling import handle_events

__all__ = ["handle_events"]
