"""From a file to checked columns: one file per format or idea.

Formats: ``text`` (CSV and the like), ``excel``, ``frame`` (DataFrame, Parquet), put together in
``table``. Ideas: ``columns`` (which column is which), ``headings`` (what they are called
elsewhere), ``wide`` (one column per visit), ``ids``, ``dates``, ``days``, ``starts``, ``scores``,
``rules`` (between rows), ``covariates``, ``problems`` (the list that all of them add to),
``template`` (the form to fill in), ``suggest`` (what a file seems to hold).

Two stages throughout: coerce a whole column, then apply rules to the whole column. No Python call
per row.
"""
