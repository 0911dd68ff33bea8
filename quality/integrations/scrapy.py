"""Scrapy: an item pipeline that scores items, and drops some only where a setting says so.

    ITEM_PIPELINES = {"quality.integrations.scrapy.QualityPipeline": 300}

Settings: QUALITY_DROP (verdicts that are dropped: none), QUALITY_TEXT_KEY (field of the text: the usual names),
QUALITY_MODEL (folder: the model that comes along), QUALITY_THRESHOLD, QUALITY_EXPLAIN (all evidence: no).
"""

from __future__ import annotations

import logging
from typing import Any, Self, get_args

from quality.errors import UsageError
from quality.integrations import needed
from quality.model import Score, Verdict
from quality.readers import Options, Reject
from quality.scorer import Scorer

with needed("Scrapy", "scrapy"):
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem

logger = logging.getLogger(__name__)
FIELD = "quality"


class QualityPipeline:
    """Adds the field ``quality`` to each item: what ``quality batch`` adds to the record, with the same numbers.

    Items go on as they are when they have no text, or no such field and cannot get one; both are logged and counted.
    Counted in the stats: ``quality/farm``, ``suspect``, ``ok``, ``abstain``, ``rejected``, ``dropped``, ``no_field``.
    """

    def __init__(self, crawler: Any) -> None:
        settings, self.stats = crawler.settings, crawler.stats
        scorer = Scorer.load(settings.get("QUALITY_MODEL"))
        threshold = settings.get("QUALITY_THRESHOLD")
        self.scorer = scorer if threshold is None else scorer.with_threshold(float(threshold))
        self.reading = Options(text_key=settings.get("QUALITY_TEXT_KEY", ""))
        self.explain: bool = settings.getbool("QUALITY_EXPLAIN")
        self.drop = frozenset(settings.getlist("QUALITY_DROP"))
        if unknown := self.drop - set(get_args(Verdict)):
            raise UsageError(f"QUALITY_DROP: {', '.join(sorted(unknown))}: a verdict is {', '.join(get_args(Verdict))}")

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """The pipeline of a crawl, with its settings and stats.

        Raises:
            QualityError: for settings that cannot be, or a model that cannot be used.
        """
        return cls(crawler)

    async def process_item(self, item: Any, spider: Any = None) -> Any:
        """The item with its score. Scored in a thread, so that requests and responses go on meanwhile.

        Raises:
            DropItem: when its verdict is one of QUALITY_DROP.
        """
        del spider  # older versions of Scrapy pass it
        record = ItemAdapter(item).asdict()
        (score,) = await in_thread(self.scorer.score_records, [record], self.reading, self.explain)
        if isinstance(score, Reject):
            self._count("rejected")
            logger.warning("not scored: %s: %s", score.id or type(item).__name__, score.reason)
            return item
        self._count(score.verdict)
        if score.verdict in self.drop:
            self._count("dropped")
            raise DropItem(f"quality: {score.verdict} ({score.reason or f'{score.score:.3f}'})")
        return self._annotated(item, score)

    def _annotated(self, item: Any, score: Score) -> Any:
        try:
            ItemAdapter(item)[FIELD] = score.as_dict()
        except KeyError:
            self._count("no_field")
            logger.error("%s has no field %r, so its score is lost: declare one", type(item).__name__, FIELD)
        return item

    def _count(self, name: str) -> None:
        self.stats.inc_value(f"quality/{name}")


async def in_thread(call: Any, *args: Any) -> Any:
    """The result of a call that is made in a thread."""
    try:
        from scrapy.utils.asyncio import run_in_thread
    except ImportError:  # before Scrapy 2.15
        from scrapy.utils.defer import maybe_deferred_to_future
        from twisted.internet.threads import deferToThread

        return await maybe_deferred_to_future(deferToThread(call, *args))
    return await run_in_thread(call, *args)
