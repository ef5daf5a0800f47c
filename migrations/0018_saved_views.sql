CREATE TABLE `saved_views` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`visibility` text NOT NULL,
	`author_id` text NOT NULL,
	`author_name` text NOT NULL,
	`version` integer NOT NULL,
	`changed_at` text NOT NULL
);
