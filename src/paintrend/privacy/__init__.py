"""Results without the ids of patients: keyed pseudonyms, ages in bands, no other particulars."""

from paintrend.privacy.hiding import pseudonymise
from paintrend.privacy.options import Privacy, read_key

__all__ = ["Privacy", "pseudonymise", "read_key"]
