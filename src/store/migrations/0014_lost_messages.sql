ALTER TABLE "pressroom"."chat_messages" ADD COLUMN "shown_state" text;--> statement-breakpoint
ALTER TABLE "pressroom"."chat_messages" ADD COLUMN "edition" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "pressroom"."chat_messages" ADD COLUMN "lost_id" text;--> statement-breakpoint
ALTER TABLE "pressroom"."chat_messages" ADD COLUMN "outside" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "pressroom"."chat_messages" m SET "shown_state" = t."status" || ':' || t."attempt" FROM "pressroom"."targets" t WHERE m."status" = 'gone' AND t."id" = m."key" AND t."status" IN ('published', 'cancelled');
