"""Many patients: Parquet files in bounded memory, and Dask clusters.

``frames`` turns a frame of whole patients into a frame of courses; everything else brings frames to
it and results back.

Parquet: ``source`` (what to read), ``routing`` and ``spill`` (rows to buckets of whole patients),
``checking`` and ``problem_files`` (the checks), ``parts`` (fit a bucket), ``tasks`` (what a process
does), ``job`` (what the tasks of a run share), ``workers`` and ``worker`` (processes),
``run_file``, ``run_mark`` and ``lock`` (whose a folder is, and whether it may be continued),
``run_contents`` (whether what it holds is still that of the run), ``about`` (README.txt), ``steps``
and ``parquet_run`` (all of it in order), ``parquet_fit`` (the result). Dask: ``cluster`` (the run),
``partitions`` (what is done with one partition) and ``scaled_fit`` (the result).

Nothing is imported here, so that a worker process loads only what it needs.
"""
