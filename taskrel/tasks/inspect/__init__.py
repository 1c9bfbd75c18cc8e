"""What was read: labels and their counts, lengths, an example, and warnings of likely mistakes."""
