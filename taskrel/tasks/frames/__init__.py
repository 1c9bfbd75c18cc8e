"""Tasks from data in memory: DataFrames, data sets of `datasets`, lists of examples."""
