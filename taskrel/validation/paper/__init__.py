"""What evidence says for itself: tables and findings of Bingel & Søgaard (EACL 2017)."""
