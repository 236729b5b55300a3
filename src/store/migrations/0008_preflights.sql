CREATE TABLE "pressroom"."preflights" (
	"target_id" text NOT NULL,
	"stage" text NOT NULL,
	"publish_at" timestamp (3) with time zone NOT NULL,
	"content_hash" text NOT NULL,
	"post_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"problem" jsonb,
	CONSTRAINT "preflights_target_id_stage_publish_at_content_hash_pk" PRIMARY KEY("target_id","stage","publish_at","content_hash")
);
--> statement-breakpoint
CREATE INDEX "preflights_post" ON "pressroom"."preflights" USING btree ("post_id");