/** Sessions as DuckDB puts them together from the events of a lake, late ones with them and twins without. */

/**
 * Gaps and islands. What completes comes last of its millisecond, and what goes on from the millisecond before comes
 * before what begins: `before` is the content of the last earlier one.
 */
const islands = `WITH watching AS (
    SELECT DISTINCT ON (region, event_identity) *, epoch_ms(event_time) AS ms FROM events
    WHERE event_type IN ('view', 'pause', 'resume', 'progress', 'complete')
      AND session_id IS NOT NULL AND user_id IS NOT NULL AND content_id IS NOT NULL),
  earlier AS (
    SELECT *, last_value(content_id) OVER (PARTITION BY region, session_id, pseudonym_version, user_id ORDER BY ms
      RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM watching),
  ordered AS (
    SELECT *, row_number() OVER (PARTITION BY region, session_id, pseudonym_version, user_id
      ORDER BY ms, (content_id IS DISTINCT FROM before), content_id, event_type = 'complete', event_identity) AS n
    FROM earlier),
  marked AS (
    SELECT *, lag(ms) OVER w AS last_ms, lag(content_id) OVER w AS last_content, lag(event_type) OVER w AS last_type
    FROM ordered WINDOW w AS (PARTITION BY region, session_id, pseudonym_version, user_id ORDER BY n)),
  numbered AS (
    SELECT *, sum(CASE WHEN last_ms IS NULL OR content_id <> last_content OR ms - last_ms >= 1800000
        OR (last_type = 'complete' AND ms > last_ms) THEN 1 ELSE 0 END)
      OVER (PARTITION BY region, session_id, pseudonym_version, user_id ORDER BY n) AS sitting FROM marked),
  told AS (
    SELECT region, session_id, pseudonym_version, user_id, content_id, sitting, min(ms) AS start_ms, max(ms) AS end_ms,
      sum(duration_ms) AS told_ms, first(duration_ms ORDER BY n) AS first_ms,
      sum(ms - last_ms) FILTER (last_type <> 'pause' AND n > first_n) AS played_ms,
      max(completion_milli) AS completion, coalesce(sum(buffering_count), 0) AS stalls,
      last(device_type ORDER BY n) FILTER (device_type IS NOT NULL) AS device,
      last(quality ORDER BY n) FILTER (quality IS NOT NULL) AS quality,
      last(country ORDER BY n) FILTER (country IS NOT NULL) AS country,
      last(subscription_type ORDER BY n) FILTER (subscription_type IS NOT NULL) AS plan
    FROM (SELECT *, min(n) OVER (PARTITION BY region, session_id, pseudonym_version, user_id, sitting) AS first_n
      FROM numbered) GROUP BY ALL)
  SELECT *, CASE WHEN told_ms IS NULL THEN coalesce(played_ms, 0)
    ELSE least(told_ms, end_ms - start_ms + least(coalesce(first_ms, 0), 1800000)) END AS watched_ms FROM told`;

/** How many sessions the two make, and whether they are the same in all. */
export const heldAgainstIslands = `WITH made AS (${islands})
  SELECT count(*)::INT AS sessions, count(s.id)::INT AS found, count(m.region)::INT AS made,
    bool_and(epoch_ms(s.end_time) = m.end_ms AND s.watch_duration_ms = m.watched_ms
      AND s.watch_duration_minutes = m.watched_ms / 60000
      AND s.completion_rate IS NOT DISTINCT FROM m.completion / 1000 AND s.buffering_count = m.stalls
      AND s.device_type IS NOT DISTINCT FROM m.device AND s.quality IS NOT DISTINCT FROM m.quality
      AND s.user_country IS NOT DISTINCT FROM m.country AND s.subscription_type IS NOT DISTINCT FROM m.plan
      AND s.date = s.start_time::DATE) AS same
  FROM made m FULL JOIN viewing_sessions s ON s.region = m.region AND s.session_id = m.session_id
    AND s.user_id = m.user_id AND s.pseudonym_version = m.pseudonym_version AND s.movie_id = m.content_id
    AND epoch_ms(s.start_time) = m.start_ms`;
