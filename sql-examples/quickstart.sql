-- Orders of a shop: priced by a join, summed per city over ten seconds. ./quickstart runs it.
--   leat shell -f sql-examples/quickstart.sql

SET 'auto.offset.reset' = 'earliest'; -- the join must know the products there are already

CREATE TABLE products (id STRING PRIMARY KEY, name STRING, price DECIMAL(8, 2))
  WITH (KAFKA_TOPIC='products', VALUE_FORMAT='JSON', PARTITIONS=1);

INSERT INTO products VALUES ('p1', 'tea', 4.50);
INSERT INTO products VALUES ('p2', 'coffee', 7.25);
INSERT INTO products VALUES ('p3', 'cocoa', 5.80);

CREATE STREAM orders (product_id STRING KEY, city STRING, quantity INTEGER)
  WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', PARTITIONS=1);

CREATE STREAM priced_orders AS
  SELECT o.product_id AS product_id, o.city AS city, p.name AS product, o.quantity AS quantity,
         o.quantity * p.price AS amount
  FROM orders o JOIN products p ON o.product_id = p.id;

CREATE TABLE sales AS
  SELECT city, COUNT(*) AS order_count, SUM(amount) AS revenue
  FROM priced_orders WINDOW TUMBLING (SIZE 10 SECONDS)
  GROUP BY city;
