CREATE TABLE "pressroom"."webhook_deliveries" (
	"webhook" text NOT NULL,
	"event_id" bigint NOT NULL,
	"post_id" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_webhook_event_id_pk" PRIMARY KEY("webhook","event_id")
);
--> statement-breakpoint
CREATE TABLE "pressroom"."webhooks" (
	"name" text PRIMARY KEY NOT NULL,
	"url_hash" text NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"last_error" text,
	"retry_at" timestamp (3) with time zone,
	"paused_at" timestamp (3) with time zone,
	"resumed_at" timestamp (3) with time zone,
	"lease_token" text,
	"lease_expires_at" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_post" ON "pressroom"."webhook_deliveries" USING btree ("webhook","post_id","event_id");