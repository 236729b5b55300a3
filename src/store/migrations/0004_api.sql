CREATE TABLE "pressroom"."api_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"per_second" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "pressroom"."posts" ADD COLUMN "source_hash" text;--> statement-breakpoint
CREATE INDEX "targets_not_live" ON "pressroom"."targets" USING btree ("post_id") WHERE "pressroom"."targets"."status" not in ('published', 'cancelled');