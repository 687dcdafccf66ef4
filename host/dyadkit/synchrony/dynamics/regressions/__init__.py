"""The field's older models of dyads: derivative regression (GLLA) and inertia–coordination."""
