"""How drawings look: themes, colours, fonts, measures, and how numbers are written."""
