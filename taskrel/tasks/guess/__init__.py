"""From a file to a card: what kind of file it is, which column is what, and why."""
