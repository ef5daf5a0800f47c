-- Views for people and for tools that read D1; docs lists their columns. The API reads the tables by key instead.
-- A window's key is (region * 256 + shard) * 2^26 + minute: key >> 34 is the region, key & 67108863 the minute.
-- Counters are arrays in the order of counterNames without their trailing zeros, so what is missing is zero:
-- 0 events, 1 views, 5 completes, 7 downloads, 9 succeeded, 10 failed, 11 slow, 12 speed_kbps_sum, 13 speed_count,
-- 14 watched_ms_sum, 17 rating_milli_sum, 18 rating_count.

-- Titles are rows of their own, told from contents by list.value, and meet their content in the GROUP BY: a join of
-- two json_each would compare every title with every content, and SQLite pushes no condition on window_start into a
-- UNION ALL. In a title's row the paths of counters find nothing.
CREATE VIEW `content_stats` AS
SELECT
	e.value ->> '$[0]' AS content_id,
	max(CASE list.value WHEN 1 THEN e.value ->> '$[1]' END) AS title,
	max(CASE list.value WHEN 1 THEN e.value ->> '$[2]' END) AS content_type,
	coalesce(sum(e.value ->> '$[1][0]'), 0) AS total_events,
	coalesce(sum(e.value ->> '$[1][1]'), 0) AS view_count,
	coalesce(sum(e.value ->> '$[1][5]'), 0) AS complete_count,
	coalesce(sum(e.value ->> '$[1][14]'), 0) / 1000.0 AS watched_seconds,
	coalesce(sum(e.value ->> '$[1][7]'), 0) AS download_count,
	coalesce(sum(e.value ->> '$[1][9]'), 0) + coalesce(sum(e.value ->> '$[1][11]'), 0) AS successful_downloads,
	coalesce(sum(e.value ->> '$[1][10]'), 0) AS failed_downloads,
	coalesce(sum(e.value ->> '$[1][11]'), 0) AS slow_downloads,
	(coalesce(sum(e.value ->> '$[1][9]'), 0) + coalesce(sum(e.value ->> '$[1][11]'), 0)) * 1.0
		/ nullif(sum(e.value ->> '$[1][7]'), 0) AS success_rate,
	sum(e.value ->> '$[1][12]') / 1000.0 / nullif(sum(e.value ->> '$[1][13]'), 0) AS avg_speed_mbps,
	coalesce(sum(e.value ->> '$[1][18]'), 0) AS rating_count,
	sum(e.value ->> '$[1][17]') / 1000.0 / nullif(sum(e.value ->> '$[1][18]'), 0) AS avg_rating,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60, 'unixepoch') AS window_start,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60 + 60, 'unixepoch') AS window_end,
	min(w.closed) AS closed
FROM region_windows w, json_each('[0,1]') list,
	json_each(CASE list.value WHEN 1 THEN w.titles ELSE w.dimensions -> '$.content' END) e
GROUP BY window_start, e.value ->> '$[0]';
--> statement-breakpoint
CREATE VIEW `region_health` AS
SELECT
	r.name AS region,
	sum(w.events) AS total_events,
	sum(w.views) AS view_count,
	sum(w.downloads) AS total_downloads,
	sum(w.downloads_succeeded + w.downloads_slow) AS successful_downloads,
	sum(w.downloads_failed) AS failed_downloads,
	sum(w.downloads_slow) AS slow_downloads,
	sum(w.downloads_succeeded + w.downloads_slow) * 1.0 / nullif(sum(w.downloads), 0) AS success_rate,
	sum(w.downloads_failed) * 1.0 / nullif(sum(w.downloads), 0) AS error_rate,
	sum(w.speed_kbps_sum) / 1000.0 / nullif(sum(w.speed_count), 0) AS avg_speed_mbps,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60, 'unixepoch') AS window_start,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60 + 60, 'unixepoch') AS window_end,
	min(w.closed) AS closed
FROM region_windows w JOIN regions r ON r.number = w.key >> 34
GROUP BY w.key >> 34, window_start;
--> statement-breakpoint
CREATE VIEW `device_stats` AS
SELECT
	e.value ->> '$[0]' AS device_type,
	sum(e.value ->> '$[1][0]') AS total_events,
	coalesce(sum(e.value ->> '$[1][1]'), 0) AS view_count,
	coalesce(sum(e.value ->> '$[1][14]'), 0) / 1000.0 AS watched_seconds,
	coalesce(sum(e.value ->> '$[1][7]'), 0) AS total_downloads,
	coalesce(sum(e.value ->> '$[1][9]'), 0) + coalesce(sum(e.value ->> '$[1][11]'), 0) AS successful_downloads,
	coalesce(sum(e.value ->> '$[1][10]'), 0) AS failed_downloads,
	coalesce(sum(e.value ->> '$[1][11]'), 0) AS slow_downloads,
	(coalesce(sum(e.value ->> '$[1][9]'), 0) + coalesce(sum(e.value ->> '$[1][11]'), 0)) * 1.0
		/ nullif(sum(e.value ->> '$[1][7]'), 0) AS success_rate,
	sum(e.value ->> '$[1][12]') / 1000.0 / nullif(sum(e.value ->> '$[1][13]'), 0) AS avg_speed_mbps,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60, 'unixepoch') AS window_start,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60 + 60, 'unixepoch') AS window_end,
	min(w.closed) AS closed
FROM region_windows w, json_each(w.dimensions, '$.device') e
GROUP BY window_start, e.value ->> '$[0]';
--> statement-breakpoint
CREATE VIEW `stream_movie_views` AS
SELECT content_id AS movie_id, title, view_count, complete_count, watched_seconds, window_start, window_end, closed
FROM content_stats
WHERE view_count > 0;
--> statement-breakpoint
CREATE VIEW `stream_user_activity` AS
SELECT
	r.name AS region,
	sum(w.events) AS total_events,
	sum(w.views) AS view_count,
	sum(w.pauses) AS pause_count,
	sum(w.resumes) AS resume_count,
	sum(w.progresses) AS progress_count,
	sum(w.completes) AS complete_count,
	sum(w.ratings) AS rating_count,
	sum(w.watched_ms_sum) / 1000.0 AS watched_seconds,
	sum(w.completion_milli_sum) / 1000.0 / nullif(sum(w.completion_count), 0) AS avg_completion_rate,
	sum(w.buffering_count_sum) AS buffering_count,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60, 'unixepoch') AS window_start,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60 + 60, 'unixepoch') AS window_end,
	min(w.closed) AS closed
FROM region_windows w JOIN regions r ON r.number = w.key >> 34
GROUP BY w.key >> 34, window_start;
--> statement-breakpoint
CREATE VIEW `stream_event_distribution` AS
SELECT
	t.value AS event_type,
	sum(CASE t.value
		WHEN 'view' THEN w.views
		WHEN 'pause' THEN w.pauses
		WHEN 'resume' THEN w.resumes
		WHEN 'progress' THEN w.progresses
		WHEN 'complete' THEN w.completes
		WHEN 'rating' THEN w.ratings
		WHEN 'download' THEN w.downloads
		WHEN 'error' THEN w.errors
	END) AS event_count,
	sum(CASE t.value
		WHEN 'view' THEN w.views
		WHEN 'pause' THEN w.pauses
		WHEN 'resume' THEN w.resumes
		WHEN 'progress' THEN w.progresses
		WHEN 'complete' THEN w.completes
		WHEN 'rating' THEN w.ratings
		WHEN 'download' THEN w.downloads
		WHEN 'error' THEN w.errors
	END) * 1.0 / nullif(sum(w.events), 0) AS event_share,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60, 'unixepoch') AS window_start,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 60 + 60, 'unixepoch') AS window_end,
	min(w.closed) AS closed
FROM region_windows w,
	json_each('["view","pause","resume","progress","complete","rating","download","error"]') t
GROUP BY window_start, t.value;
--> statement-breakpoint
CREATE VIEW `stream_ratings` AS
SELECT content_id AS movie_id, title, rating_count, avg_rating, window_start, window_end, closed
FROM content_stats
WHERE rating_count > 0;
