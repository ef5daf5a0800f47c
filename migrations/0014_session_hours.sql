CREATE TABLE `session_hours` (
	`key` integer PRIMARY KEY NOT NULL,
	`claim` text NOT NULL,
	`claimed_at` text NOT NULL,
	`generation` integer DEFAULT -1 NOT NULL,
	`carry_in` text DEFAULT '' NOT NULL,
	`carry_out` text DEFAULT '' NOT NULL,
	`carry_files` integer DEFAULT 0 NOT NULL,
	`events` integer DEFAULT 0 NOT NULL,
	`sessions` integer DEFAULT 0 NOT NULL,
	`files` text DEFAULT '[]' NOT NULL,
	`computed_at` text
);
--> statement-breakpoint
CREATE INDEX `viewing_sessions_by_stitch` ON `viewing_sessions` (`stitch_key`,`source_id`) WHERE "viewing_sessions"."stitch_key" is not null;