"""What is learned: task cards, readers of data files, tasks in memory, word vectors."""
