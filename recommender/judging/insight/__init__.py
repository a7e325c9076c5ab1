"""How well each foretold number of a customer did on days that it had not seen."""
