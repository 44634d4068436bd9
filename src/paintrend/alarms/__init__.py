"""Rules that raise an alarm on a patient, and what each is known to do."""

from paintrend.alarms.policy import alarm_policy

__all__ = ["alarm_policy"]
