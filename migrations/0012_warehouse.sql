CREATE TABLE `daily_analytics` (
	`day` integer PRIMARY KEY NOT NULL,
	`date` text GENERATED ALWAYS AS (date(day * 86400, 'unixepoch')) VIRTUAL,
	`total_views` integer NOT NULL,
	`unique_users` integer NOT NULL,
	`watch_duration_ms` integer NOT NULL,
	`completion_milli_sum` integer NOT NULL,
	`completion_count` integer NOT NULL,
	`buffering_count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `genre_analytics` (
	`genre` text PRIMARY KEY NOT NULL,
	`total_views` integer NOT NULL,
	`unique_users` integer NOT NULL,
	`watch_duration_ms` integer NOT NULL,
	`completion_milli_sum` integer NOT NULL,
	`completion_count` integer NOT NULL,
	`buffering_count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hourly_analytics` (
	`hour` integer PRIMARY KEY NOT NULL,
	`total_views` integer NOT NULL,
	`unique_users` integer NOT NULL,
	`watch_duration_ms` integer NOT NULL,
	`completion_milli_sum` integer NOT NULL,
	`completion_count` integer NOT NULL,
	`buffering_count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `movies` (
	`id` integer PRIMARY KEY NOT NULL,
	`content_id` text NOT NULL,
	`title` text,
	`genre` text,
	`content_type` text,
	`duration_minutes` integer,
	`release_date` text,
	`director` text,
	`cast` text,
	`country` text,
	`language` text,
	`avg_rating` real,
	`rating_count` integer DEFAULT 0 NOT NULL,
	`total_views` integer DEFAULT 0 NOT NULL,
	`is_inferred` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `movies_content_id_unique` ON `movies` (`content_id`);--> statement-breakpoint
CREATE TABLE `ratings` (
	`id` integer PRIMARY KEY NOT NULL,
	`source_id` text NOT NULL,
	`user_id` integer NOT NULL,
	`movie_id` integer NOT NULL,
	`rating_milli` integer NOT NULL,
	`rating` real GENERATED ALWAYS AS (rating_milli / 1000.0) VIRTUAL,
	`review_text` text,
	`helpful_count` integer DEFAULT 0 NOT NULL,
	`rating_date` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`movie_id`) REFERENCES `movies`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ratings_source_id_unique` ON `ratings` (`source_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`pseudonym` text NOT NULL,
	`username` text,
	`email` text,
	`age` integer,
	`gender` text,
	`country` text,
	`subscription_type` text,
	`signup_date` text,
	`is_active` integer DEFAULT true NOT NULL,
	`preferred_genre` text,
	`is_inferred` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_pseudonym_unique` ON `users` (`pseudonym`);--> statement-breakpoint
CREATE TABLE `viewing_sessions` (
	`id` integer PRIMARY KEY NOT NULL,
	`source_id` text NOT NULL,
	`user_id` integer NOT NULL,
	`movie_id` integer NOT NULL,
	`start_time_ms` integer NOT NULL,
	`end_time_ms` integer NOT NULL,
	`start_time` text GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%fZ', start_time_ms / 1000.0, 'unixepoch')) VIRTUAL,
	`end_time` text GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%fZ', end_time_ms / 1000.0, 'unixepoch')) VIRTUAL,
	`start_slot` integer GENERATED ALWAYS AS (start_time_ms / 900000) VIRTUAL,
	`watch_duration_ms` integer NOT NULL,
	`watch_duration_minutes` real GENERATED ALWAYS AS (watch_duration_ms / 60000.0) VIRTUAL,
	`completion_milli` integer,
	`completion_rate` real GENERATED ALWAYS AS (completion_milli / 1000.0) VIRTUAL,
	`device_type` text,
	`quality` text,
	`buffering_count` integer DEFAULT 0 NOT NULL,
	`user_country` text,
	`subscription_type` text,
	`region_number` integer,
	`stitch_key` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`movie_id`) REFERENCES `movies`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `viewing_sessions_source_id_unique` ON `viewing_sessions` (`source_id`);