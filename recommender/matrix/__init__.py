"""From purchase lines to the sparse matrix of customers by products."""

from recommender.matrix.purchase_matrix import PurchaseMatrix as PurchaseMatrix
