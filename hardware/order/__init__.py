"""What a board house is sent: gerber zip, parts list, places, notes."""
