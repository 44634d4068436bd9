"""Files that paintrend writes: a population as JSON, tables as CSV or Parquet."""

from paintrend.storage.population import read_population, write_population
from paintrend.storage.tables import write_table

__all__ = ["read_population", "write_population", "write_table"]
