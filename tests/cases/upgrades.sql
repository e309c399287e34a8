-- CREATE OR REPLACE as the query that it replaces goes on, and the assertions of SQL test files.

--@test: a filter added to an aggregation keeps what was counted
CREATE STREAM s (id INT KEY, v INT) WITH (kafka_topic='s', value_format='JSON');
CREATE TABLE t AS SELECT id, COUNT(v) AS n FROM s GROUP BY id;
INSERT INTO s (id, v) VALUES (1, 0);
ASSERT VALUES t (id, n) VALUES (1, 1);
CREATE OR REPLACE TABLE t AS SELECT id, COUNT(v) AS n FROM s WHERE v > 0 GROUP BY id;
INSERT INTO s (id, v) VALUES (1, 0);
INSERT INTO s (id, v) VALUES (1, 5);
ASSERT VALUES t (id, n) VALUES (1, 2);

--@test: a filter taken from an aggregation keeps what was counted
CREATE STREAM s (id INT KEY, v INT) WITH (kafka_topic='s', value_format='JSON');
CREATE TABLE t AS SELECT id, COUNT(v) AS n FROM s WHERE v > 0 GROUP BY id HAVING COUNT(v) > 0;
INSERT INTO s (rowtime, id, v) VALUES (7, 1, 1);
ASSERT VALUES t (rowtime, id, n) VALUES (7, 1, 1);
CREATE OR REPLACE TABLE t AS SELECT id, COUNT(v) AS n FROM s GROUP BY id;
INSERT INTO s (id, v) VALUES (1, 0);
ASSERT VALUES t VALUES (1, 2);

--@test: a row that leaves a table's filter has no value
CREATE TABLE a (id INT PRIMARY KEY, v INT) WITH (kafka_topic='a', value_format='JSON');
CREATE TABLE b AS SELECT * FROM a WHERE v > 0;
INSERT INTO a (id, v) VALUES (1, 1);
INSERT INTO a (id, v) VALUES (1, 0);
ASSERT VALUES b (v, id) VALUES (1, 1);
ASSERT NULL VALUES b (id) KEY (1);

--@test: an assertion of another time fails
--@expected.message: Expected record does not match actual
CREATE STREAM s (id INT KEY, v INT) WITH (kafka_topic='s', value_format='JSON');
INSERT INTO s (rowtime, id, v) VALUES (7, 1, 1);
ASSERT VALUES s (rowtime, id, v) VALUES (8, 1, 1);

--@test: an assertion of a record that is not there fails
--@expected.message: all records have already been read
CREATE STREAM s (id INT KEY, v INT) WITH (kafka_topic='s', value_format='JSON');
INSERT INTO s (id, v) VALUES (1, 1);
ASSERT VALUES s (id, v) VALUES (1, 1);
ASSERT VALUES s (id, v) VALUES (1, 1);

--@test: an assertion of a source compares its facts
CREATE STREAM s (id INT KEY, v BIGINT) WITH (kafka_topic='s', value_format='JSON', timestamp='v');
ASSERT STREAM s (id INT KEY, v BIGINT) WITH (kafka_topic='s', value_format='JSON', timestamp='v');

--@test: an assertion of another type of column fails
--@expected.error: io.confluent.ksql.util.KsqlException
--@expected.message: Expected schema does not match actual for source S.
CREATE STREAM s (id INT KEY, v BIGINT) WITH (kafka_topic='s', value_format='JSON');
ASSERT STREAM s (id INT KEY, v INT) WITH (kafka_topic='s', value_format='JSON');
