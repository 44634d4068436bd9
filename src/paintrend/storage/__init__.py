"""Files that paintrend writes: fits, populations as JSON, tables as CSV or Parquet."""

from paintrend.storage.fits import read_fit, write_fit
from paintrend.storage.population import read_population, write_population
from paintrend.storage.response_population import (
    read_response_population,
    write_response_population,
)
from paintrend.storage.tables import write_table

__all__ = [
    "read_fit",
    "read_population",
    "read_response_population",
    "write_fit",
    "write_population",
    "write_response_population",
    "write_table",
]
