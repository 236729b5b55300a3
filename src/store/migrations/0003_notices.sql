CREATE TABLE "pressroom"."notices" (
	"key" text PRIMARY KEY NOT NULL,
	"chat" text NOT NULL,
	"channel_id" text NOT NULL,
	"begun_at" timestamp (3) with time zone,
	"message_id" text,
	"retry_at" timestamp (3) with time zone,
	"lease_token" text,
	"lease_expires_at" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
