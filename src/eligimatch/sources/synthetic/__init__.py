"""A synthetic cohort: persons of no one, with correlated facts over all sections, drawn from the data files beside this module."""
