-- The functions of example.c: leat run --extension ./example.so example.sql
CREATE STREAM readings (sensor STRING KEY, value DOUBLE, flags BIGINT, retries INT)
  WITH (KAFKA_TOPIC = 'readings', VALUE_FORMAT = 'JSON', PARTITIONS = 1);

INSERT INTO readings VALUES ('a', 130.5, 1, 2);
INSERT INTO readings VALUES ('a', 20.0, 4, 0);

CREATE TABLE flags_seen AS SELECT sensor, BIT_OR(flags) AS flags FROM readings GROUP BY sensor EMIT CHANGES;

SELECT sensor, CLAMP(value, 0, 100) AS value FROM readings;
SELECT sensor, COUNT_DOWN(retries) AS attempt FROM readings EMIT CHANGES LIMIT 2;
SELECT sensor, flags FROM flags_seen;
