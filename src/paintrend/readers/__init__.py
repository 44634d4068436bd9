"""From a file to checked columns: one file per format or idea.

Into rows: ``table`` (any source to its reader), ``text``, ``excel``, ``frame``, ``labelled``,
``labelled_process``, ``raw`` (what all of them give), ``origin`` (what was chosen and left out),
``detect``. Of text: ``separators``. Of workbooks: ``archives``, ``sheets``, ``sheet_choice``,
``workbook_cells``, ``error_cells``, ``uncalculated``, ``formulas``. Of labelled files: ``labels``.

Other systems: ``redcap``, ``redcap_fields``, ``redcap_answers``, ``redcap_days``; ``fhir``,
``fhir_files``, ``fhir_versions``, ``fhir_codes``, ``fhir_subjects``, ``fhir_times``,
``fhir_values``, ``fhir_rows``; ``cdisc``, ``cdisc_names``, ``cdisc_days``.

Which column is which: ``columns``, ``headings`` (what they are called elsewhere), ``long`` and
``wide`` (a row per rating, a column per visit), ``incomplete``.

Patients: ``ids``, ``alike``, ``covariates``. When: ``times`` (which column says it), ``days``,
``starts``, ``dates``, ``date_faults``, ``months``, ``weekdays``. Ratings: ``scores``, ``values``,
``near_numbers``, ``missing_codes``, ``kinds`` (questions that are never mixed).

All of it: ``checked`` (every check in order), ``rules`` (between rows), ``problems`` (the list that
all of them add to), ``side`` (symptoms, events, sessions). For people: ``template`` (the form to
fill in), ``suggest`` (what a file seems to hold).

Two stages throughout: coerce a whole column, then apply rules to the whole column. No Python call
per row.
"""
