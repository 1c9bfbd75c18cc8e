"""Tables to pictures; imports no other room."""
