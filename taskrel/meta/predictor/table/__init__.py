"""The pair table: the columns of a pair of tasks that models read."""
