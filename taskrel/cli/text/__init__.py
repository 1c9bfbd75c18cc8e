"""What commands print, as text and as JSON documents."""
