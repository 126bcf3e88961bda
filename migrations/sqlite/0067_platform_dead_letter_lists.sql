-- The lists of dead letters, newest first: of a topic, and of a consumer.
CREATE INDEX dead_letters_by_topic ON dead_letters (topic, id);
CREATE INDEX dead_letters_by_consumer ON dead_letters (consumer, id);
