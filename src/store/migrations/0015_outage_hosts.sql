ALTER TABLE "pressroom"."accounts" ADD COLUMN "host" text DEFAULT '' NOT NULL;--> statement-breakpoint
-- Which host an outage is about was not written down: one that goes on is recognised anew.
DELETE FROM "pressroom"."outages" WHERE "ended_at" is null;--> statement-breakpoint
DROP INDEX "pressroom"."outages_open";--> statement-breakpoint
ALTER TABLE "pressroom"."outages" ADD COLUMN "host" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "pressroom"."outages" DROP CONSTRAINT "outages_platform_since_pk";--> statement-breakpoint
ALTER TABLE "pressroom"."outages" ADD CONSTRAINT "outages_platform_host_since_pk" PRIMARY KEY("platform","host","since");--> statement-breakpoint
CREATE UNIQUE INDEX "outages_open" ON "pressroom"."outages" USING btree ("platform","host") WHERE "pressroom"."outages"."ended_at" is null;
