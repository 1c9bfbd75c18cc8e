"""What is about the tables and findings of Bingel and Søgaard (EACL 2017)."""
