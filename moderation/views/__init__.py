"""What readers send to the moderators, and the moderators' own pages."""
