"""What people see: heat map, learning curves; draws the tables it is handed."""
