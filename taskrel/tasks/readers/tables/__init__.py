"""Files of named columns: CSV, Excel, parquet. Each becomes rows for `readers.rows`."""
