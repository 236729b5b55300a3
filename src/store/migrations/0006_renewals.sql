ALTER TABLE "pressroom"."accounts" ADD COLUMN "renewed" text;--> statement-breakpoint
ALTER TABLE "pressroom"."accounts" ADD COLUMN "renewed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "pressroom"."accounts" ADD COLUMN "renew_lease_token" text;--> statement-breakpoint
ALTER TABLE "pressroom"."accounts" ADD COLUMN "renew_lease_expires_at" timestamp (3) with time zone;