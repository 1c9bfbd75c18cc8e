"""Getting the files of cards into the data folder: download, lock, unpack, put in place."""
