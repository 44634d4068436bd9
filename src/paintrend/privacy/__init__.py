"""Results without the ids of patients: keyed pseudonyms, ages in bands, no other particulars."""

from paintrend.privacy.hiding import pseudonymise
from paintrend.privacy.options import Privacy, check_privacy, read_key

__all__ = ["Privacy", "check_privacy", "pseudonymise", "read_key"]
