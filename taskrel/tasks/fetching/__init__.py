"""How files that cards name get into the data folder: download, lock, unpack, put."""
