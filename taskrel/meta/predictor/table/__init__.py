"""The pair table: what models read of a pair of tasks."""
