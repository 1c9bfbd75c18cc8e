"""What people see: heat maps, learning curves, calibration, coefficients, cost and regret.

Draws the tables it is handed, and imports no other room.
"""
