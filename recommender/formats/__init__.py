"""Numbers, money and days as people of a country write them; the words around them are English."""
