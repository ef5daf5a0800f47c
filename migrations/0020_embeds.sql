CREATE TABLE `embeds` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`regions` text,
	`origins` text NOT NULL,
	`key_version` integer NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` text NOT NULL,
	`revoked_at` text
);
