-- The tables of the batch layer, for people and for tools that read D1; docs/batch-tables.md lists their columns. The
-- API reads the rows by key instead. Only hours that the batch layer has computed are in them (BAT-2). A key is
-- (region * 256 + shard) * 2^26 + hour or day; counters are as in 0002_views.sql.
CREATE VIEW `content_hourly` AS
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
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 3600, 'unixepoch') AS window_start,
	strftime('%Y-%m-%dT%H:%M:%SZ', (w.key & 67108863) * 3600 + 3600, 'unixepoch') AS window_end,
	max(b.computed_at) AS computed_at
FROM region_hours w JOIN batch_hours b ON b.key = ((w.key >> 34) << 34) + (w.key & 67108863),
	json_each('[0,1]') list,
	json_each(CASE list.value WHEN 1 THEN w.titles ELSE w.dimensions -> '$.content' END) e
GROUP BY window_start, e.value ->> '$[0]';
--> statement-breakpoint
CREATE VIEW `content_daily` AS
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
	date((w.key & 67108863) * 86400, 'unixepoch') AS date,
	max(b.computed_at) AS computed_at
FROM region_days w JOIN batch_days b ON b.key = w.key,
	json_each('[0,1]') list,
	json_each(CASE list.value WHEN 1 THEN w.titles ELSE w.dimensions -> '$.content' END) e
GROUP BY date, e.value ->> '$[0]';
--> statement-breakpoint
CREATE VIEW `batch_popular_movies` AS
SELECT
	date,
	rank() OVER (PARTITION BY date ORDER BY view_count DESC, content_id) AS rank,
	content_id AS movie_id,
	title,
	view_count,
	complete_count,
	watched_seconds
FROM content_daily
WHERE view_count > 0;
--> statement-breakpoint
CREATE VIEW `batch_ratings_stats` AS
SELECT date, content_id AS movie_id, title, rating_count, avg_rating
FROM content_daily
WHERE rating_count > 0;
--> statement-breakpoint
CREATE VIEW `batch_hourly_stats` AS
SELECT
	date((w.key & 67108863) * 3600, 'unixepoch') AS date,
	(w.key & 67108863) % 24 AS hour,
	sum(w.events) AS total_events,
	sum(w.views) AS view_count,
	sum(w.pauses) AS pause_count,
	sum(w.resumes) AS resume_count,
	sum(w.progresses) AS progress_count,
	sum(w.completes) AS complete_count,
	sum(w.ratings) AS rating_count,
	sum(w.downloads) AS download_count,
	sum(w.errors) AS error_count,
	sum(w.watched_ms_sum) / 1000.0 AS watched_seconds,
	max(b.computed_at) AS computed_at
FROM region_hours w JOIN batch_hours b ON b.key = ((w.key >> 34) << 34) + (w.key & 67108863)
GROUP BY w.key & 67108863;
--> statement-breakpoint
-- The user is a pseudonym, with the version of the key that made it (docs/security.md).
CREATE VIEW `batch_user_stats` AS
SELECT
	date((d.key & 67108863) * 86400, 'unixepoch') AS date,
	r.name AS region,
	u.value ->> '$[0]' AS user,
	u.value ->> '$[1]' AS total_events,
	u.value ->> '$[2]' AS movies_watched,
	(u.value ->> '$[3]') / 1000.0 / nullif(u.value ->> '$[4]', 0) AS avg_duration_seconds,
	d.computed_at AS computed_at
FROM batch_days d JOIN regions r ON r.number = d.key >> 34, json_each(d.top_users) u;
