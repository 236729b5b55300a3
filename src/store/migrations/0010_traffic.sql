CREATE TABLE "pressroom"."outages" (
	"platform" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"probe_at" timestamp (3) with time zone NOT NULL,
	"probes" integer DEFAULT 0 NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "outages_platform_since_pk" PRIMARY KEY("platform","since")
);
--> statement-breakpoint
ALTER TABLE "pressroom"."accounts" ADD COLUMN "slots" jsonb;--> statement-breakpoint
CREATE UNIQUE INDEX "outages_open" ON "pressroom"."outages" USING btree ("platform") WHERE "pressroom"."outages"."ended_at" is null;