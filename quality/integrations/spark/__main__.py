"""``spark-submit`` runs this file: it scores a folder or file of records into a folder of Parquet."""

from __future__ import annotations

import click
from pyspark.sql import SparkSession

from quality.errors import QualityError
from quality.integrations.spark import score

JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz")


@click.command()
@click.argument("source", metavar="INPUT")
@click.argument("target", metavar="OUTPUT")
@click.option("--text", default="text", show_default=True, metavar="COLUMN", help="Column of the texts.")
@click.option("--model", metavar="DIR", help="Use another model than the one that comes along.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="P", help="Score from which a text is a farm page.")
@click.option("--json", is_flag=True, help="INPUT is JSON lines, whatever it is called; else told from its name.")
def main(  # noqa: PLR0913, PLR0917 - the options are the interface
    source: str, target: str, text: str, model: str | None, threshold: float | None, json: bool
) -> None:
    """Score INPUT, Parquet or JSON lines, into OUTPUT, a folder of Parquet that must not be there yet.

    \b
    Example:
      python -m quality.integrations.spark pages.parquet scored.parquet
    """
    spark = SparkSession.builder.appName("quality").getOrCreate()
    read = spark.read.json if json or source.rstrip("/").endswith(JSON) else spark.read.parquet
    try:
        score(read(source), text, model, threshold).write.parquet(target)
    except QualityError as error:
        raise click.ClickException(str(error)) from None
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
