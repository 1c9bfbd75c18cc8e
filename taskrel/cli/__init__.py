"""What commands print, write and draw: text, tables, CSV files, JSON documents, pictures."""
