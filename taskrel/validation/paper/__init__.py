"""Tables and findings of Bingel and Søgaard (EACL 2017), made from any evidence."""
