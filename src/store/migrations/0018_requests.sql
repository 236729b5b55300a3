CREATE TABLE "pressroom"."requests" (
	"key" text PRIMARY KEY NOT NULL,
	"chat" text NOT NULL,
	"sealed" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"holder" text NOT NULL,
	"held_until" timestamp (3) with time zone NOT NULL,
	"taken" integer DEFAULT 0 NOT NULL
);
