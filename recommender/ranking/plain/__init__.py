"""The plain ranking: a logistic regression on a handful of features, for data of any size."""
