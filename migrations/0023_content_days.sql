-- Contents of merged days (BAT-6): a row each, found by content and then by day, so that many days of one are read as
-- one piece. `content`, `title` and `content_type` are JSON texts, in which nothing that was sent is cut. Without a row
-- id the table is its own index, and a row is one written: drizzle-kit cannot say that.
CREATE TABLE `content_days` (
	`content` text NOT NULL,
	`day` integer NOT NULL,
	`title` text,
	`content_type` text,
	`views` integer NOT NULL,
	`completes` integer NOT NULL,
	`watched_ms_sum` integer NOT NULL,
	`rating_milli_sum` integer NOT NULL,
	`rating_count` integer NOT NULL,
	PRIMARY KEY (`content`, `day`)
) WITHOUT ROWID;
