CREATE INDEX "notes_post" ON "pressroom"."notes" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "notices_key_start" ON "pressroom"."notices" USING btree ("key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "posts_id_start" ON "pressroom"."posts" USING btree ("id" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "targets_being_sent" ON "pressroom"."targets" USING btree ("due_at") WHERE "pressroom"."targets"."status" = 'publishing';