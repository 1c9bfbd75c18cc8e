"""What commands write: CSV and JSON files, pictures."""
