"""The rig for growth, plans and faults; README.md has the commands."""
