"""A search: pairs are trained one after the other, the most promising first."""
