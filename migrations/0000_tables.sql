CREATE TABLE `region_hours` (
	`key` integer PRIMARY KEY NOT NULL,
	`v` integer NOT NULL,
	`generation` integer NOT NULL,
	`incarnation` integer NOT NULL,
	`log_row` integer NOT NULL,
	`closed` integer NOT NULL,
	`events` integer NOT NULL,
	`views` integer NOT NULL,
	`pauses` integer NOT NULL,
	`resumes` integer NOT NULL,
	`progresses` integer NOT NULL,
	`completes` integer NOT NULL,
	`ratings` integer NOT NULL,
	`downloads` integer NOT NULL,
	`errors` integer NOT NULL,
	`downloads_succeeded` integer NOT NULL,
	`downloads_failed` integer NOT NULL,
	`downloads_slow` integer NOT NULL,
	`speed_kbps_sum` integer NOT NULL,
	`speed_count` integer NOT NULL,
	`watched_ms_sum` integer NOT NULL,
	`completion_milli_sum` integer NOT NULL,
	`completion_count` integer NOT NULL,
	`rating_milli_sum` integer NOT NULL,
	`rating_count` integer NOT NULL,
	`buffering_count_sum` integer NOT NULL,
	`bytes_sum` integer NOT NULL,
	`windows` integer NOT NULL,
	`dimensions` text NOT NULL,
	`titles` text NOT NULL,
	`users` blob NOT NULL,
	`sessions` blob NOT NULL,
	`speed` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `region_windows` (
	`key` integer PRIMARY KEY NOT NULL,
	`v` integer NOT NULL,
	`generation` integer NOT NULL,
	`incarnation` integer NOT NULL,
	`log_row` integer NOT NULL,
	`closed` integer NOT NULL,
	`events` integer NOT NULL,
	`views` integer NOT NULL,
	`pauses` integer NOT NULL,
	`resumes` integer NOT NULL,
	`progresses` integer NOT NULL,
	`completes` integer NOT NULL,
	`ratings` integer NOT NULL,
	`downloads` integer NOT NULL,
	`errors` integer NOT NULL,
	`downloads_succeeded` integer NOT NULL,
	`downloads_failed` integer NOT NULL,
	`downloads_slow` integer NOT NULL,
	`speed_kbps_sum` integer NOT NULL,
	`speed_count` integer NOT NULL,
	`watched_ms_sum` integer NOT NULL,
	`completion_milli_sum` integer NOT NULL,
	`completion_count` integer NOT NULL,
	`rating_milli_sum` integer NOT NULL,
	`rating_count` integer NOT NULL,
	`buffering_count_sum` integer NOT NULL,
	`bytes_sum` integer NOT NULL,
	`panes` text NOT NULL,
	`dimensions` text NOT NULL,
	`titles` text NOT NULL,
	`users` blob NOT NULL,
	`sessions` blob NOT NULL,
	`speed` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `regions` (
	`number` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`continent` text NOT NULL,
	`latitude` real NOT NULL,
	`longitude` real NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `regions_name_unique` ON `regions` (`name`);--> statement-breakpoint
CREATE TABLE `reject_reports` (
	`key` text PRIMARY KEY NOT NULL,
	`door` text NOT NULL,
	`producer` text NOT NULL,
	`minute` integer NOT NULL,
	`seq` integer NOT NULL,
	`rejected` text NOT NULL,
	`twins` integer NOT NULL,
	`samples` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
