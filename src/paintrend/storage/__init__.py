"""Files that paintrend writes: a fit, a population as JSON, tables as CSV or Parquet."""

from paintrend.storage.fits import read_fit, write_fit
from paintrend.storage.population import read_population, write_population
from paintrend.storage.tables import write_table

__all__ = ["read_fit", "read_population", "write_fit", "write_population", "write_table"]
