CREATE TABLE "pressroom"."scorecards" (
	"key" text PRIMARY KEY NOT NULL,
	"chat" text NOT NULL,
	"channel_id" text NOT NULL,
	"week" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"parts" jsonb NOT NULL,
	"retry_at" timestamp (3) with time zone,
	"lease_token" text,
	"lease_expires_at" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "scorecards_channel" ON "pressroom"."scorecards" USING btree ("chat","channel_id","due_at");