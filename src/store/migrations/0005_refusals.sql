CREATE TABLE "pressroom"."refusals" (
	"key" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"chat" text NOT NULL,
	"workspace_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"post_id" text,
	"target_id" text,
	"actor" jsonb NOT NULL,
	"kind" text NOT NULL,
	"why" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "refusals_post" ON "pressroom"."refusals" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "refusals_at" ON "pressroom"."refusals" USING btree ("at");