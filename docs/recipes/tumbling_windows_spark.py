"""Minutes of event time by region, each event once, as Spark Structured Streaming: see README.md beside this file.

    python tumbling_windows_spark.py INPUT_FOLDER OUTPUT_FOLDER
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

folder, output = sys.argv[1:3]
spark = (
    SparkSession.builder.appName("tumbling windows")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", 4)
    .getOrCreate()
)

events = (
    spark.readStream.schema(
        "event_id STRING, event_type STRING, timestamp BIGINT, region STRING, status STRING"
    )
    # A micro-batch a file, in the order of their names: the watermark moves between batches only.
    .option("maxFilesPerTrigger", 1)
    .json(folder)
    # One time of 2060 would drive the watermark past all that is true. (2208988800000 is 2040.)
    .where(f.col("timestamp").between(0, 2208988800000))
    .withColumn("happened_at", f.timestamp_millis("timestamp"))
)


def count_of(condition):
    return f.count(f.when(condition, 1))


is_download = f.col("event_type") == "download"
minutes = (
    # The allowed lateness: a window is written, once and for all, when it is 10 minutes past.
    events.withWatermark("happened_at", "10 minutes")
    .dropDuplicatesWithinWatermark(["event_id"])
    .groupBy(f.window("happened_at", "1 minute"), "region")
    .agg(
        f.count("*").alias("events"),
        count_of(f.col("event_type") == "view").alias("views"),
        count_of(is_download).alias("downloads"),
        count_of(is_download & (f.col("status") == "failed")).alias("failed"),
    )
    .select(
        f.date_format("window.start", "yyyy-MM-dd HH:mm:ss").alias("minute_start"),
        *["region", "events", "views", "downloads", "failed"],
    )
)

(
    minutes.writeStream.format("csv")
    .outputMode("append")
    .option("checkpointLocation", f"{output}/checkpoint")
    .trigger(availableNow=True)
    .start(f"{output}/minutes")
    .awaitTermination()
)
