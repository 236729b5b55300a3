ALTER TABLE "pressroom"."accounts" ADD COLUMN "compare_due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "pressroom"."accounts" ADD COLUMN "compared_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "pressroom"."incidents" ADD COLUMN "resolved_by" jsonb;--> statement-breakpoint
ALTER TABLE "pressroom"."incidents" ADD COLUMN "resolution" text;--> statement-breakpoint
ALTER TABLE "pressroom"."incidents" ADD COLUMN "removal" jsonb;--> statement-breakpoint
ALTER TABLE "pressroom"."incidents" ADD COLUMN "remove_due_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "incidents_removals" ON "pressroom"."incidents" USING btree ("remove_due_at") WHERE "pressroom"."incidents"."remove_due_at" is not null;--> statement-breakpoint
CREATE INDEX "targets_known" ON "pressroom"."targets" USING btree ("account","updated_at") WHERE "pressroom"."targets"."remote_id" is not null;