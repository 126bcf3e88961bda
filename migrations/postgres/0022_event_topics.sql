-- What events listen to: one row a topic. The end leads within a topic, since most events are over.
CREATE TABLE event_topics (
  topic    text NOT NULL,
  end_at   timestamptz NOT NULL, -- of an event without an end: the end of time
  event_id uuid NOT NULL,
  PRIMARY KEY (topic, end_at, event_id)
);

CREATE INDEX event_topics_by_event ON event_topics (event_id);

INSERT INTO event_topics (topic, end_at, event_id)
  SELECT 'login', COALESCE(end_at, timestamptz '9999-12-31 00:00:00+00'), id FROM event_events WHERE was_active;

DROP INDEX event_events_listening;
