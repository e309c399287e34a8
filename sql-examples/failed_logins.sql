-- Failed logins per address and hour, from the lines of an SSH host's auth.log.
--   leat topic produce auth --data DIR < auth.log
--   leat run --data DIR sql-examples/failed_logins.sql

CREATE STREAM auth (line STRING) WITH (KAFKA_TOPIC='auth', VALUE_FORMAT='KAFKA');

-- The lines name no year; 2017 is the one of the sample.
CREATE STREAM failed_logins WITH (VALUE_FORMAT='JSON', TIMESTAMP='logged_at') AS
  SELECT REGEXP_EXTRACT(' from ([0-9.]+) port', line, 1) AS address,
         REGEXP_EXTRACT('Failed password for (invalid user )?(.*) from ', line, 2) AS user_name,
         PARSE_TIMESTAMP('2017 ' + REGEXP_REPLACE(SUBSTRING(line, 1, 15), ' +', ' '),
                         'yyyy MMM d HH:mm:ss') AS logged_at
  FROM auth
  WHERE line LIKE '%Failed password%';

CREATE TABLE failures_per_hour AS
  SELECT address, COUNT(*) AS failures, LATEST_BY_OFFSET(user_name) AS last_user
  FROM failed_logins WINDOW TUMBLING (SIZE 1 HOUR, RETENTION 90 DAYS)
  GROUP BY address;

SELECT address, WINDOWSTART AS hour_start, failures, last_user FROM failures_per_hour;
