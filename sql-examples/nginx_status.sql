-- Nested JSON: a server's status pages, its zones and connections.
--   leat topic produce nginx --data DIR --timestamp-field timestamp < nginx-status.json
--   leat run --data DIR sql-examples/nginx_status.sql

CREATE STREAM nginx (
    address STRING,
    timestamp BIGINT,
    connections STRUCT<accepted BIGINT, dropped BIGINT, active INTEGER, idle INTEGER>,
    requests STRUCT<total BIGINT, current INTEGER>,
    server_zones MAP<STRING, STRUCT<processing INTEGER, requests BIGINT,
                                    responses STRUCT<`2xx` BIGINT, `5xx` BIGINT, total BIGINT>,
                                    received BIGINT, sent BIGINT>>,
    upstreams MAP<STRING, STRUCT<peers ARRAY<STRUCT<server STRING, state STRING, requests BIGINT>>>>)
  WITH (KAFKA_TOPIC='nginx', VALUE_FORMAT='JSON');

CREATE TABLE nginx_per_minute AS
  SELECT address,
         COUNT(*) AS pages,
         MAX(connections->active) AS most_active,
         MAX(requests->total) AS total_requests,
         MAX(server_zones['hg.nginx.org']->responses->`5xx`) AS hg_failures,
         LATEST_BY_OFFSET(upstreams['trac-backend']->peers[1]->state) AS trac_state
  FROM nginx WINDOW TUMBLING (SIZE 1 MINUTE, RETENTION 90 DAYS)
  GROUP BY address;

SELECT address, WINDOWSTART AS minute_start, pages, most_active, total_requests, hg_failures,
       trac_state
FROM nginx_per_minute;
