-- Minutes of event time by region, each event once, as Flink SQL: README.md beside this file says how it is run.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'table.local-time-zone' = 'UTC';
SET 'table.dml-sync' = 'true';

CREATE TABLE events (
  event_id STRING,
  event_type STRING,
  `timestamp` BIGINT,
  region STRING,
  status STRING,
  -- A time that is missing ends the job ("RowTime field should not be null"), and one of 2060 drives the watermark past
  -- all that is true: both are taken for 1970 here, which is late for every window. (2208988800000 is 2040.)
  happened_at AS TO_TIMESTAMP_LTZ(IF(`timestamp` BETWEEN 0 AND 2208988800000, `timestamp`, 0), 3),
  -- The allowed lateness: a window is emitted, once and for all, when it is 10 minutes past.
  WATERMARK FOR happened_at AS happened_at - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'INPUT', 'format' = 'json', 'json.ignore-parse-errors' = 'true');

CREATE TABLE minutes (
  minute_start TIMESTAMP(3), region STRING, events BIGINT, `views` BIGINT, downloads BIGINT, failed BIGINT
) WITH ('connector' = 'filesystem', 'path' = 'OUTPUT', 'format' = 'csv');

-- Twins have one event_id and one timestamp, so they meet in their window.
INSERT INTO minutes
SELECT window_start, region, COUNT(*),
  COUNT(*) FILTER (WHERE event_type = 'view'),
  COUNT(*) FILTER (WHERE event_type = 'download'),
  COUNT(*) FILTER (WHERE event_type = 'download' AND status = 'failed')
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, event_id ORDER BY happened_at) AS copy
  FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(happened_at), INTERVAL '1' MINUTE))
)
WHERE copy = 1
GROUP BY window_start, window_end, region;
