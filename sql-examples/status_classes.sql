-- Requests per status class and hour, and bytes sent, from a web server's access.log.
--   leat topic produce access --data DIR < access.log
--   leat run --data DIR sql-examples/status_classes.sql

CREATE STREAM access (line STRING) WITH (KAFKA_TOPIC='access', VALUE_FORMAT='KAFKA');

CREATE STREAM requests WITH (VALUE_FORMAT='JSON', TIMESTAMP='logged_at') AS
  SELECT REGEXP_EXTRACT('" ([1-5])[0-9][0-9] ', line, 1) + 'xx' AS status_class,
         CAST(REGEXP_EXTRACT('" [0-9]{3} ([0-9]+)', line, 1) AS BIGINT) AS sent,
         PARSE_TIMESTAMP(REGEXP_EXTRACT('\[([^\]]+)\]', line, 1), 'dd/MMM/yyyy:HH:mm:ss Z') AS logged_at
  FROM access;

CREATE TABLE status_per_hour AS
  SELECT status_class, COUNT(*) AS requests, SUM(sent) AS bytes_sent
  FROM requests WINDOW TUMBLING (SIZE 1 HOUR, RETENTION 90 DAYS)
  GROUP BY status_class;

SELECT status_class, WINDOWSTART AS hour_start, requests, bytes_sent FROM status_per_hour;
