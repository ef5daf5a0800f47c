CREATE TABLE `merged_days` (
	`day` integer PRIMARY KEY NOT NULL,
	`v` integer NOT NULL,
	`mark` text NOT NULL,
	`hours` integer NOT NULL,
	`computed_at` text NOT NULL,
	`regions` text NOT NULL,
	`hourly` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `merged_hours` (
	`hour` integer PRIMARY KEY NOT NULL,
	`v` integer NOT NULL,
	`shards` text NOT NULL,
	`contents` text NOT NULL,
	`titles` text NOT NULL,
	`events` text NOT NULL,
	`views` text NOT NULL,
	`pauses` text NOT NULL,
	`resumes` text NOT NULL,
	`progresses` text NOT NULL,
	`completes` text NOT NULL,
	`ratings` text NOT NULL,
	`downloads` text NOT NULL,
	`errors` text NOT NULL,
	`downloads_succeeded` text NOT NULL,
	`downloads_failed` text NOT NULL,
	`downloads_slow` text NOT NULL,
	`speed_kbps_sum` text NOT NULL,
	`speed_count` text NOT NULL,
	`watched_ms_sum` text NOT NULL,
	`completion_milli_sum` text NOT NULL,
	`completion_count` text NOT NULL,
	`rating_milli_sum` text NOT NULL,
	`rating_count` text NOT NULL,
	`buffering_count_sum` text NOT NULL,
	`bytes_sum` text NOT NULL
);
