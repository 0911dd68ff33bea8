"""Report: one page about a batch: its scores, the sites and phrases that stand out, and each article's evidence."""
