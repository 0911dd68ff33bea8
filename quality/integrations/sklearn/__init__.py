"""scikit-learn: the model as a classifier over texts, and its features as a transformer.

Both load from, and the classifier saves to, the inert folder that every other part of the package reads.
"""

from __future__ import annotations

from quality.integrations.sklearn.classifier import ContentFarmClassifier
from quality.integrations.sklearn.features import QualityFeatures

__all__ = ["ContentFarmClassifier", "QualityFeatures"]
