"""Does what recurs across the articles of a site tell farms from honest sites? By families of the corpus."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from quality import store
from quality.families import FARM, HONEST
from quality.release import Data
from quality.sites.across import Across
from quality.sites.article import Article


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    sample, _ = Data(options.corpus, options.cache).tested()
    reader, families = store.load().reader(), np.array(sample.families)
    labels, shares = [], []
    for family in sorted(set(sample.families)):
        texts = [(place, sample.documents[place].text) for place in np.flatnonzero(families == family).tolist()]
        made = [Article(family, place, "", "", 0.5, None, "", "", "", "", "none", text) for place, text in texts]
        across = Across.of(made, reader)
        shares.append(across.share(across.findings()))
        labels.append(float(sample.labels[families == family, 0].mean()))
    label, share = np.array(labels), np.array(shares)
    farms, honest = label >= FARM, label <= HONEST
    print(f"articles in which something recurs: farms {share[farms].mean():.3f}, honest {share[honest].mean():.3f}")
    print(f"sites with any: farms {(share[farms] > 0).mean():.0%}, honest {(share[honest] > 0).mean():.0%}")
    print(f"AUROC of farms against honest sites: {roc_auc_score(farms[farms | honest], share[farms | honest]):.3f}")


if __name__ == "__main__":
    main()
