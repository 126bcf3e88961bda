-- What a fact looks for: events that have been active, by what they listen to. The end leads, since most events are over.
DROP INDEX event_events_listening;
CREATE INDEX event_events_listening ON event_events (condition_type, end_at) WHERE was_active;
