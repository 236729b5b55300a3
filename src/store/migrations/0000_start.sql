CREATE SCHEMA IF NOT EXISTS "pressroom";
--> statement-breakpoint
CREATE TABLE "pressroom"."accounts" (
	"name" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"credentials" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" text DEFAULT 'ok' NOT NULL,
	"held_reason" jsonb,
	"paused_until" timestamp (3) with time zone,
	"paused_reason" jsonb,
	"check_due_at" timestamp (3) with time zone,
	"checked_at" timestamp (3) with time zone,
	"checked" jsonb,
	"removed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pressroom"."attempts" (
	"target_id" text NOT NULL,
	"number" integer NOT NULL,
	"worker" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"mutation_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"outcome" jsonb,
	CONSTRAINT "attempts_target_id_number_pk" PRIMARY KEY("target_id","number")
);
--> statement-breakpoint
CREATE TABLE "pressroom"."channels" (
	"chat" text NOT NULL,
	"channel_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"targets" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "channels_chat_channel_id_pk" PRIMARY KEY("chat","channel_id")
);
--> statement-breakpoint
CREATE TABLE "pressroom"."chat_messages" (
	"key" text PRIMARY KEY NOT NULL,
	"post_id" text NOT NULL,
	"kind" text NOT NULL,
	"chat" text NOT NULL,
	"channel_id" text NOT NULL,
	"message_id" text,
	"status" text NOT NULL,
	"shown_hash" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pressroom"."events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pressroom"."events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"target_id" text NOT NULL,
	"post_id" text NOT NULL,
	"account" text NOT NULL,
	"platform" text NOT NULL,
	"type" text NOT NULL,
	"from_status" text NOT NULL,
	"to_status" text NOT NULL,
	"attempt" integer NOT NULL,
	"reason" text,
	"actor" jsonb,
	"evidence" jsonb,
	"note" text
);
--> statement-breakpoint
CREATE TABLE "pressroom"."inbox" (
	"key" text PRIMARY KEY NOT NULL,
	"result" jsonb,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pressroom"."incidents" (
	"key" text PRIMARY KEY NOT NULL,
	"target_id" text NOT NULL,
	"post_id" text NOT NULL,
	"account" text NOT NULL,
	"platform" text NOT NULL,
	"type" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "pressroom"."media" (
	"id" text PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"mime" text NOT NULL,
	"facts" jsonb NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pressroom"."notes" (
	"id" text PRIMARY KEY NOT NULL,
	"post_id" text,
	"target_id" text,
	"account" text,
	"platform" text,
	"reason_class" text,
	"text" text NOT NULL,
	"author_id" text NOT NULL,
	"author_name" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text
);
--> statement-breakpoint
CREATE TABLE "pressroom"."posts" (
	"id" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"chat" text NOT NULL,
	"workspace_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"author_id" text NOT NULL,
	"author_name" text DEFAULT '' NOT NULL,
	"text" text NOT NULL,
	"request" jsonb NOT NULL,
	"publish_at" timestamp (3) with time zone,
	"source_key" text,
	"copy_of" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed" integer DEFAULT 1 NOT NULL,
	"told" integer DEFAULT 0 NOT NULL,
	"tell_at" timestamp (3) with time zone,
	"tell_lease_token" text,
	"tell_lease_expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "pressroom"."targets" (
	"id" text PRIMARY KEY NOT NULL,
	"post_id" text NOT NULL,
	"position" integer NOT NULL,
	"account" text NOT NULL,
	"platform" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"status" text NOT NULL,
	"state" jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"automatic" integer DEFAULT 0 NOT NULL,
	"due_since" timestamp (3) with time zone NOT NULL,
	"handles" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"lease" jsonb,
	"due_at" timestamp (3) with time zone,
	"content" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"remote_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pressroom"."workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"chat" text NOT NULL,
	"team_id" text NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"time_zone" text,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pressroom"."attempts" ADD CONSTRAINT "attempts_target_id_targets_id_fk" FOREIGN KEY ("target_id") REFERENCES "pressroom"."targets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pressroom"."chat_messages" ADD CONSTRAINT "chat_messages_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "pressroom"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pressroom"."targets" ADD CONSTRAINT "targets_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "pressroom"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chat_messages_post" ON "pressroom"."chat_messages" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "events_target" ON "pressroom"."events" USING btree ("target_id","id");--> statement-breakpoint
CREATE INDEX "events_at" ON "pressroom"."events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "inbox_at" ON "pressroom"."inbox" USING btree ("at");--> statement-breakpoint
CREATE INDEX "incidents_at" ON "pressroom"."incidents" USING btree ("at");--> statement-breakpoint
CREATE INDEX "incidents_post" ON "pressroom"."incidents" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "media_sha256" ON "pressroom"."media" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "notes_open" ON "pressroom"."notes" USING btree ("account") WHERE "pressroom"."notes"."resolved_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "posts_source_key" ON "pressroom"."posts" USING btree ("source_key");--> statement-breakpoint
CREATE INDEX "posts_untold" ON "pressroom"."posts" USING btree ("id") WHERE "pressroom"."posts"."changed" > "pressroom"."posts"."told";--> statement-breakpoint
CREATE INDEX "posts_channel" ON "pressroom"."posts" USING btree ("chat","channel_id","created_at");--> statement-breakpoint
CREATE INDEX "targets_post" ON "pressroom"."targets" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "targets_due" ON "pressroom"."targets" USING btree ("due_at") WHERE "pressroom"."targets"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "targets_account_hash" ON "pressroom"."targets" USING btree ("account","content_hash","created_at");--> statement-breakpoint
CREATE INDEX "targets_account_status" ON "pressroom"."targets" USING btree ("account","status");--> statement-breakpoint
CREATE INDEX "targets_needing_person" ON "pressroom"."targets" USING btree ("updated_at") WHERE "pressroom"."targets"."status" in ('unconfirmed', 'held');--> statement-breakpoint
CREATE UNIQUE INDEX "targets_remote" ON "pressroom"."targets" USING btree ("account","remote_id") WHERE "pressroom"."targets"."remote_id" is not null;