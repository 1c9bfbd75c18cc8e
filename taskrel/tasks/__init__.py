"""What is learned: cards, readers of data files, data frames, tasks in memory, word vectors."""
